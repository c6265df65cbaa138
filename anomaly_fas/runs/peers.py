"""The other processes of a run: ended with this one, and what is said when one ends too early."""

from __future__ import annotations

import re
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from lightning.pytorch.strategies.launchers import _MultiProcessingLauncher
from torch.multiprocessing.spawn import ProcessExitedException, ProcessRaisedException

from anomaly_fas.errors import AnomalyFasError, RunError
from anomaly_fas.runs.session import ERROR

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lightning import Trainer

_LOST: Final = re.compile(r"by peer|gloo|NCCL|[Tt]imed out|Socket Timeout")
"""What the libraries that processes talk through say when nobody answers."""

_MISTAKE: Final = re.compile(
    rf"^{AnomalyFasError.__module__}\.\w+: (.*)\Z", re.DOTALL | re.MULTILINE
)
"""How the traceback of a spawned process ends that has met with a mistake."""


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
