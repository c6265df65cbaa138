"""Whether this machine has what a trainer asks for, told before Lightning stumbles over it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import torch
from omegaconf import OmegaConf

from anomaly_fas.errors import ConfigError
from anomaly_fas.runs.orphan import PARENT

if TYPE_CHECKING:
    from omegaconf import DictConfig


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
