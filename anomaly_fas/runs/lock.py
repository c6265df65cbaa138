"""The lock on a run folder, held by the process that trains there for as long as it lives."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from filelock import FileLock, Timeout

from anomaly_fas.errors import BusyError
from anomaly_fas.files import cannot_write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NAME: Final = ".lock"

_PATIENCE_SECONDS: Final = 10.0
"""Loading processes of a run that was killed may live on for a few seconds."""

_log = logging.getLogger(__name__)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the lock during the block. The system frees it when the process ends in whatever way.

    Args:
        folder: of the run; it exists.

    Raises:
        BusyError: another process holds it.
        RunError: the folder cannot be written to.
    """
    lock = FileLock(folder / _NAME, timeout=_PATIENCE_SECONDS)
    try:
        lock.acquire()
    except Timeout as error:
        raise BusyError(
            f"{folder} is being trained by another process: wait until it ends, or stop it first"
        ) from error
    except NotImplementedError:
        _log.warning("this file system has no locks: see to it that %s is trained once", folder)
    except OSError as error:
        raise cannot_write(folder / _NAME, error.strerror or str(error)) from error
    try:
        yield
    finally:
        lock.release()


def is_held(folder: Path) -> bool:
    """Whether a process holds the lock of a run folder; no where that cannot be found out."""
    path = folder / _NAME
    if not path.exists():
        return False
    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return True
    except (NotImplementedError, OSError):  # no locks here, or a folder that is only to be read
        return False
    lock.release()
    return False
