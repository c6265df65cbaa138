"""Callbacks that tests of several processes put into a run: one takes notes, one fails."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lightning.pytorch.callbacks import Callback

if TYPE_CHECKING:
    from lightning import LightningModule, Trainer


class Notes(Callback):
    """Writes down which samples each process trained on, a line a step."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def on_train_batch_start(
        self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int
    ) -> None:
        note = {
            "step": trainer.global_step,
            "rows": batch.row.tolist(),
            "lr": trainer.optimizers[0].param_groups[0]["initial_lr"],
        }
        with (self._folder / f"process-{trainer.global_rank}.jsonl").open("a") as file:
            file.write(json.dumps(note) + "\n")


class Fails(Callback):
    """Raises an error in one process, or kills it, at the fourth step."""

    def __init__(self, rank: int, how: str) -> None:
        self._rank, self._how = rank, how

    def on_train_batch_start(
        self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int
    ) -> None:
        if trainer.global_rank != self._rank or trainer.global_step != 3:
            return
        if self._how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        raise ValueError("a fault of this test")
