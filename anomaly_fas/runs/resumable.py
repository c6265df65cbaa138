"""Arguments of Lightning's Trainer with which a run would not go on where it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from anomaly_fas.errors import ConfigError

if TYPE_CHECKING:
    from omegaconf import DictConfig

_IN_PLACE_OF: Final = {
    "accumulate_grad_batches": (1, "more devices, or a larger sampler.batch_size"),
    "limit_train_batches": (1.0, "epoch_steps"),
    "overfit_batches": (0, "fewer data, such as data.extent.train=1"),
    "fast_dev_run": (False, "epochs=1 epoch_steps=1"),
    "max_steps": (-1, "epochs and epoch_steps"),
    "max_time": (None, "a scheduler that sends SIGTERM, or `timeout`"),
}
"""The value that changes nothing, and what serves instead of others."""


def check_resumable(trainer: DictConfig) -> None:
    """A run's place in its data is the number of steps taken: each is a batch of `epoch_steps`.

    Raises:
        ConfigError: an argument that breaks this.
    """
    for name, (neutral, instead) in _IN_PLACE_OF.items():
        if trainer.get(name) not in (None, neutral):
            raise ConfigError(
                f"trainer.{name}={trainer[name]}: such a run could not be resumed where it was. "
                f"Leave it out and use {instead}"
            )
