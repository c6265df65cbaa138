"""Fit a network in one or more processes, resuming where a run was interrupted."""

from __future__ import annotations

import logging
import re
import signal
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import torch
from lightning import Callback
from lightning.pytorch.strategies.launchers import _MultiProcessingLauncher
from torch.multiprocessing.spawn import ProcessExitedException, ProcessRaisedException

from anomaly_fas.errors import AnomalyFasError, RunError
from anomaly_fas.loggers.wandb import wandb_closed_after
from anomaly_fas.runs.log import ScreenHandler, log_file
from anomaly_fas.runs.session import ERROR

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lightning import LightningModule, Trainer

    from anomaly_fas.data.datamodule import PadDataModule
    from anomaly_fas.runs.folder import RunFolder
    from anomaly_fas.training.module import PadModule

_LOST: Final = re.compile(r"by peer|gloo|NCCL|[Tt]imed out|Socket Timeout")
"""What the libraries that processes talk through say when nobody answers."""

_MISTAKE: Final = re.compile(
    rf"^{AnomalyFasError.__module__}\.\w+: (.*)\Z", re.DOTALL | re.MULTILINE
)
"""How the traceback of a spawned process ends that has met with a mistake."""


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


@contextmanager
def interruption_of(trainer: Trainer) -> Iterator[None]:
    """Let Ctrl-C be what ends the block: Lightning tidies up after it, then ends the process.

    Processes that it has spawned are told to save and end, and waited for.
    """
    try:
        yield
    except SystemExit:
        if trainer.interrupted:
            _end_spawned(trainer)
            raise KeyboardInterrupt from None
        raise


def _end_spawned(trainer: Trainer) -> None:
    launcher = trainer.strategy.launcher
    if isinstance(launcher, _MultiProcessingLauncher):
        launcher.kill(signal.SIGTERM)
        for process in launcher.procs:
            process.join()


@contextmanager
def told_if_lost(folder: Path, world_size: int) -> Iterator[None]:
    """Tell the end of another process from a fault of this one.

    Args:
        folder: of the run.
        world_size: number of its processes.

    Raises:
        RunError: another process has ended, does not answer, or, spawned by this one, has met with
            a mistake of the user's.
    """
    try:
        yield
    except (RuntimeError, ProcessRaisedException, ProcessExitedException) as error:
        mistake = _MISTAKE.search(str(error))
        if isinstance(error, ProcessRaisedException) and mistake:
            raise RunError(mistake[1].strip()) from error
        if world_size == 1 or not _is_loss(error):
            raise
        left = folder / ERROR
        word = (
            left.read_text(encoding="utf-8").strip()
            if left.exists()
            else (
                "it left no word: it was killed, maybe by the system for want of memory, or hangs"
            )
        )
        raise RunError(
            f"another process of this run was lost, and this one ends with it. {word}. What was "
            "saved is kept; the same command goes on from there"
        ) from error


def _is_loss(error: Exception) -> bool:
    """A spawned process's whole traceback is its message, the last line of which tells."""
    told = str(error).strip().rpartition("\n")[2]
    return isinstance(error, ProcessExitedException) or bool(_LOST.search(told))


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
