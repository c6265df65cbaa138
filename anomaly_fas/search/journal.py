"""The file that a search is kept in: one line an event, appended by all workers in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from filelock import FileLock
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

from anomaly_fas.files import cannot_write
from anomaly_fas.search.claim import no_locks

if TYPE_CHECKING:
    from pathlib import Path

_BLOCK: Final = 4096
"""Bytes that are read at a time, from the end, in search of the last whole line."""


class JournalLock:
    """A lock that the system frees when its holder dies; Optuna's own waits for 30 s then.

    Whoever has it finds whole lines: what a process that was killed, or a disk that was full, left
    of a line is cut off, as nothing after it could be read.

    Args:
        journal: the file it guards.
    """

    def __init__(self, journal: Path) -> None:
        self._journal = journal
        self._lock = FileLock(journal.with_suffix(".lock"))

    def acquire(self) -> bool:
        """Wait for the lock; a process that has it may take it again."""
        self._lock.acquire()
        if self._lock.lock_counter == 1:
            _cut_torn_line(self._journal)
        return True

    def release(self) -> None:
        """Give it back, once for each time it was taken."""
        self._lock.release()

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


def open_journal(path: Path) -> tuple[JournalStorage, JournalLock]:
    """The storage in a file, which is made if need be, and the lock of its writers.

    A journal needs no database: it is safe on the network drives of a cluster, where SQLite is
    not, and can be read with the eye.

    Raises:
        RunError: the file cannot be made, or its file system has no locks.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        lock = JournalLock(path)
        with lock:
            backend = JournalFileBackend(str(path), lock)  # type: ignore[arg-type]
            return JournalStorage(backend), lock
    except NotImplementedError as error:
        raise no_locks(path.parent) from error
    except OSError as error:
        raise cannot_write(path, error.strerror or str(error)) from error


def _cut_torn_line(path: Path) -> None:
    with path.open("rb+") as file:
        end = size = file.seek(0, 2)
        while end:
            start = max(end - _BLOCK, 0)
            file.seek(start)
            newline = file.read(end - start).rfind(b"\n")
            if newline >= 0:
                end = start + newline + 1
                break
            end = start
        if end < size:
            file.truncate(end)
