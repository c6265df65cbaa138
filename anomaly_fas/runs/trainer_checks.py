"""Check a trainer's config before Lightning fails on it, or a run could not be resumed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import torch
from omegaconf import OmegaConf

from anomaly_fas.errors import ConfigError
from anomaly_fas.interruption import PARENT

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


def check_devices(trainer: DictConfig) -> None:
    """Check the config of a trainer, and let processes that it starts end with this one.

    Raises:
        ConfigError: a GPU or SLURM is asked for, and is not there.
    """
    has_gpu = torch.cuda.is_available()
    if trainer.accelerator in {"gpu", "cuda"} and not has_gpu:
        raise ConfigError(
            "runtime.accelerator=gpu: torch finds no GPU on this machine. Choose runtime=cpu or "
            "runtime.accelerator=cpu, or install a build of torch for your GPU"
        )
    if trainer.sync_batchnorm and (trainer.accelerator == "cpu" or not has_gpu):
        raise ConfigError(
            "trainer.sync_batchnorm=true: torch synchronises batch normalisation on GPUs alone. "
            "Leave it out, or use a GPU"
        )
    environment = OmegaConf.select(trainer, "strategy.cluster_environment._target_") or ""
    if environment.endswith("SLURMEnvironment") and "SLURM_NTASKS" not in os.environ:
        raise ConfigError(
            "runtime=slurm_multi_node is started by SLURM: `srun anomaly-fas train …`, as "
            "conf/runtime/README.md shows. Without SLURM use runtime=ddp"
        )
    if trainer.devices != 1:
        os.environ[PARENT] = str(os.getpid())


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
