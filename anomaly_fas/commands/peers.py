"""The other processes of a run: what is said when one of them has ended too early."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from anomaly_fas.commands.run_session import ERROR
from anomaly_fas.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LOST: Final = re.compile(r"by peer|gloo|NCCL|[Tt]imed out|Socket Timeout")
"""What the libraries that processes talk through say when nobody answers."""


@contextmanager
def told_if_lost(folder: Path, world_size: int) -> Iterator[None]:
    """Tell the end of another process from a fault of this one.

    Args:
        folder: of the run.
        world_size: number of its processes.

    Raises:
        RunError: another process has ended, or does not answer.
    """
    try:
        yield
    except RuntimeError as error:
        if world_size == 1 or not _LOST.search(str(error)):
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
