"""What a run says, and where: the same in each of its processes."""

from __future__ import annotations

import logging
import warnings
from typing import TYPE_CHECKING, Any

from lightning import Callback

from anomaly_fas.runs.log import ScreenHandler, log_file

if TYPE_CHECKING:
    from pathlib import Path

    from lightning import LightningModule, Trainer


class ScreenAndLog(Callback):
    """Keeps Lightning's remarks on choices that are made on purpose off the screen.

    A process that is spawned unpickles it, and then also writes to the screen and to the log file.

    Args:
        log: the run's log file; None without one.
    """

    def __init__(self, log: Path | None) -> None:
        self._log = log
        _quieten()

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """The first process says all that is to be said."""
        if not trainer.is_global_zero:
            logging.getLogger().setLevel(logging.ERROR)

    def __reduce__(self) -> tuple[Any, ...]:
        """For a process that has said nothing yet, before Lightning says anything there."""
        return _spawned, (self._log,)


def _spawned(log: Path | None) -> ScreenAndLog:
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    root.addHandler(ScreenHandler())
    if log is not None:
        root.addHandler(log_file(log))
        logging.captureWarnings(capture=True)
    return ScreenAndLog(log)


def _quieten() -> None:
    for name in ("lightning.pytorch", "lightning.fabric"):
        logging.getLogger(name).setLevel(logging.WARNING)
    for message in (
        ".*does not have many workers.*",
        ".*isinstance.treespec, LeafSpec.*",
        ".*exists and is not empty.*",
        ".*dataloader is not resumable.*",
        ".*lr_scheduler.step.*before.*optimizer.step.*",
        ".*epoch parameter in `scheduler.step.*",
        ".*smaller than the logging interval.*",
        ".*functional.all_gather is deprecated.*",
        ".*sync_dist=True.*",  # figures are those of all processes' scores already
    ):
        warnings.filterwarnings("ignore", message=message)
