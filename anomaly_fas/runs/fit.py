"""Fit a network, resuming where a run was interrupted, and score devel and test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from anomaly_fas.errors import RunError
from anomaly_fas.loggers.wandb import wandb_closed_after
from anomaly_fas.runs.peers import interruption_of, told_if_lost

if TYPE_CHECKING:
    from lightning import Trainer

    from anomaly_fas.data.datamodule import PadDataModule
    from anomaly_fas.runs.folder import RunFolder
    from anomaly_fas.training.module import PadModule


def fit(trainer: Trainer, module: PadModule, datamodule: PadDataModule, folder: RunFolder) -> None:
    """Train until the last epoch, then test the best checkpoint.

    Args:
        trainer: with the callbacks and loggers of the run.
        module: module that is trained.
        datamodule: loaders.
        folder: run folder; training is resumed from its last checkpoint.

    Raises:
        RunError: no devel pass was made, or another process of the run was lost.
    """
    with (
        wandb_closed_after(trainer.loggers),
        told_if_lost(folder.path, trainer.world_size),
        interruption_of(trainer),
    ):
        if trainer.is_global_zero:
            folder.tidy()
        last = folder.last
        trainer.fit(module, datamodule=datamodule, ckpt_path=str(last) if last else None)
        if not folder.best.exists():
            raise RunError(f"no devel pass was made, so {folder.best} is not there: raise `epochs`")
        if trainer.global_step == 0 and folder.last:  # spawned processes trained, not this one
            loops = torch.load(folder.last, weights_only=True)["loops"]
            trainer.fit_loop.load_state_dict(loops["fit_loop"])
        trainer.test(module, datamodule=datamodule, ckpt_path=str(folder.best), verbose=False)
