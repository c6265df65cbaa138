"""Arguments of Lightning's Trainer with which a run would not go on where it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from anomaly_fas.errors import ConfigError

if TYPE_CHECKING:
    from omegaconf import DictConfig

_IN_PLACE_OF: Final = {
    "accumulate_grad_batches": "more devices, or a larger sampler.batch_size",
    "limit_train_batches": "epoch_steps",
    "overfit_batches": "fewer data, such as data.extent.train=1",
    "fast_dev_run": "epochs=1 epoch_steps=1",
    "max_steps": "epochs and epoch_steps",
    "max_time": "a scheduler that sends SIGTERM, or `timeout`",
}


def check_resumable(trainer: DictConfig) -> None:
    """A run's place in its data is the number of steps taken: each is a batch of `epoch_steps`.

    Raises:
        ConfigError: an argument that breaks this.
    """
    for name, instead in _IN_PLACE_OF.items():
        if name in trainer and trainer[name] is not None:
            raise ConfigError(
                f"trainer.{name}={trainer[name]}: such a run could not be resumed where it was. "
                f"Leave it out and use {instead}"
            )
