"""Fit a network in one or more processes, resuming where a run was interrupted."""

from __future__ import annotations

import logging
import re
import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import torch
from lightning import Callback, LightningModule, Trainer
from lightning.pytorch.strategies.launchers import _MultiProcessingLauncher
from torch.multiprocessing.spawn import ProcessExitedException, ProcessRaisedException

from anomaly_fas.data.datamodule import PadDataModule
from anomaly_fas.errors import AnomalyFasError, RunError
from anomaly_fas.loggers.wandb import wandb_closed_after
from anomaly_fas.runs.folder import RunFolder
from anomaly_fas.runs.log import ScreenHandler, log_file
from anomaly_fas.runs.session import ERROR
from anomaly_fas.training.module import PadModule

_LOST: Final = re.compile(r"by peer|gloo|NCCL|[Tt]imed out|Socket Timeout")
"""Messages of the communication libraries when another process does not answer."""

_MISTAKE: Final = re.compile(
    rf"^{AnomalyFasError.__module__}\.\w+: (.*)\Z", re.DOTALL | re.MULTILINE
)
"""Last line of a spawned process's traceback after a user's mistake."""


def fit(trainer: Trainer, module: PadModule, datamodule: PadDataModule, folder: RunFolder) -> None:
    """Train until the last epoch, from the run's last checkpoint, then test the best checkpoint.

    Raises:
        RunError: no devel pass was made, or another process of the run was lost.
    """
    with (
        wandb_closed_after(trainer.loggers),
        loss_reported(folder.path, trainer.world_size),
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


@contextmanager
def interruption_of(trainer: Trainer) -> Iterator[None]:
    """Raise KeyboardInterrupt where Lightning ends the process after Ctrl-C.

    Processes that it has spawned are made to save and end first.
    """
    try:
        yield
    except SystemExit:
        if trainer.interrupted:
            launcher = trainer.strategy.launcher
            if isinstance(launcher, _MultiProcessingLauncher):
                launcher.kill(signal.SIGTERM)
                for process in launcher.procs:
                    process.join()
            raise KeyboardInterrupt from None
        raise


@contextmanager
def loss_reported(folder: Path, world_size: int) -> Iterator[None]:
    """Report the loss of another process of the run, as opposed to a fault of this one.

    Raises:
        RunError: another process has ended or does not answer, or a spawned one has met with a
            mistake of the user's.
    """
    try:
        yield
    except (RuntimeError, ProcessRaisedException, ProcessExitedException) as error:
        mistake = _MISTAKE.search(str(error))
        if isinstance(error, ProcessRaisedException) and mistake:
            raise RunError(mistake[1].strip()) from error
        last_line = str(error).strip().rpartition("\n")[2]  # of a spawned process's traceback
        is_loss = isinstance(error, ProcessExitedException) or _LOST.search(last_line)
        if world_size == 1 or not is_loss:
            raise
        left = folder / ERROR
        word = "it left no word: it was killed, maybe by the system for want of memory, or hangs"
        if left.exists():
            word = left.read_text(encoding="utf-8").strip()
        raise RunError(
            f"another process of this run was lost, and this one ends with it. {word}. What was "
            "saved is kept; the same command goes on from there"
        ) from error


class ScreenAndLog(Callback):
    """Keep Lightning's remarks on choices that are made on purpose off the screen.

    A spawned process unpickles this callback, and then writes to the screen and to the log file.

    Args:
        log: the run's log file; None without one.
    """

    def __init__(self, log: Path | None) -> None:
        self._log = log
        _quieten()

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """Silence all but errors in every process but the first."""
        if not trainer.is_global_zero:
            logging.getLogger().setLevel(logging.ERROR)

    def __reduce__(self) -> tuple[Any, ...]:
        """Set up logging where this is unpickled, before Lightning logs anything there."""
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
