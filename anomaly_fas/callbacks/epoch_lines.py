"""Log one line per epoch: progress, speed, and error rates on devel."""

from __future__ import annotations

import logging
import time
from typing import Any

import torch
from lightning import Trainer
from lightning.pytorch.callbacks import Callback
from torch import Tensor

from anomaly_fas.training.module import PadModule

_log = logging.getLogger(__name__)


class EpochLines(Callback):
    """After each devel pass, a line for the screen and for `train.log`."""

    def __init__(self) -> None:
        self._begun_at, self._first_step = 0.0, 0
        self._epoch_at, self._epoch_step = 0.0, 0
        self._trained_until = 0.0
        self._losses: list[Tensor] = []

    def on_train_start(self, trainer: Trainer, pl_module: PadModule) -> None:  # type: ignore[override]
        """Start the clock of this attempt at the run."""
        self._begun_at, self._first_step = time.monotonic(), trainer.global_step

    def on_train_epoch_start(self, trainer: Trainer, pl_module: PadModule) -> None:  # type: ignore[override]
        """Start the clock of the epoch."""
        self._epoch_at, self._epoch_step = time.monotonic(), trainer.global_step
        self._losses = []

    def on_train_batch_end(  # type: ignore[override]
        self, trainer: Trainer, pl_module: PadModule, outputs: dict[str, Tensor], *args: Any
    ) -> None:
        """Note the loss where it is, so that no step waits for a device."""
        self._losses.append(outputs["loss"].detach())

    def on_validation_start(self, trainer: Trainer, pl_module: PadModule) -> None:  # type: ignore[override]
        """Training ends here for this epoch."""
        self._trained_until = time.monotonic()

    def on_validation_end(self, trainer: Trainer, pl_module: PadModule) -> None:  # type: ignore[override]
        """Log the line."""
        if trainer.state.fn != "fit" or not trainer.is_global_zero or not self._losses:
            return
        scorer = pl_module.detector.headline
        figures = trainer.callback_metrics
        steps = int(trainer.estimated_stepping_batches)
        rate = (trainer.global_step - self._epoch_step) / (self._trained_until - self._epoch_at)
        # At the pace of this attempt so far, devel passes included.
        pace = (time.monotonic() - self._begun_at) / max(trainer.global_step - self._first_step, 1)
        seconds_left = pace * (steps - trainer.global_step)
        _log.info(
            "epoch %d of %d, step %d of %d: loss %.4g, devel ACER %.1f %%, EER %.1f %%, "
            "AUC %.3f (%s), %.3g steps/s, %s left",
            trainer.current_epoch + 1, trainer.max_epochs, trainer.global_step, steps,
            torch.stack(self._losses).float().mean(), 100 * figures["devel_acer"],
            100 * figures[f"devel/{scorer}/eer"], figures[f"devel/{scorer}/auc"], scorer, rate,
            duration(seconds_left),
        )  # fmt: skip


def duration(seconds: float) -> str:
    """Write a duration in its two largest units.

    Example:
        >>> duration(8), duration(125), duration(7500), duration(200_000)
        ('8 s', '2 min 5 s', '2 h 5 min', '2 d 7 h')
    """
    whole = round(seconds)
    for unit, smaller, size, part in (("d", "h", 86_400, 3_600), ("h", "min", 3_600, 60)):
        if whole >= size:
            return f"{whole // size} {unit} {whole % size // part} {smaller}"
    return f"{whole // 60} min {whole % 60} s" if whole >= 60 else f"{whole} s"
