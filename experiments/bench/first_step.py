"""A callback that ends the process at its first training step, for `start_up.py`."""

from __future__ import annotations

import multiprocessing
import os
from typing import TYPE_CHECKING, Any

from lightning.pytorch.callbacks import Callback

if TYPE_CHECKING:
    from lightning import LightningModule, Trainer


class EndAtFirstStep(Callback):
    """Ends the process at once, and those that load for it.

    Args:
        after: end after the step, and not when its batch is there.
    """

    def __init__(self, *, after: bool) -> None:
        self._after = after

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, *_: Any) -> None:
        """The first batch has been loaded."""
        if not self._after:
            _end()

    def on_train_batch_end(self, trainer: Trainer, pl_module: LightningModule, *_: Any) -> None:
        """The first step has been taken."""
        _end()


def _end() -> None:
    for worker in multiprocessing.active_children():
        worker.kill()
    os._exit(0)
