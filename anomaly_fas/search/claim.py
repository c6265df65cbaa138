"""Who is at work on a trial: a lock that the system frees when its holder dies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from anomaly_fas.errors import RunError
from anomaly_fas.files import cannot_write

if TYPE_CHECKING:
    from pathlib import Path


def take_claim(path: Path) -> FileLock | None:
    """Claim what a file stands for, unless somebody else has it.

    Args:
        path: made if need be.

    Returns:
        The lock, to be released; None if it is taken.

    Raises:
        RunError: the file cannot be made, or its file system has no locks.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path)
        lock.acquire(blocking=False)
    except Timeout:
        return None
    except NotImplementedError as error:
        raise no_locks(path.parent) from error
    except OSError as error:
        raise cannot_write(path, error.strerror or str(error)) from error
    return lock


def no_locks(folder: Path) -> RunError:
    """The error to raise where workers cannot agree on who does what."""
    return RunError(
        f"the file system of {folder} has no locks, by which the workers on a search agree: "
        "choose another place with `paths.output_dir=…`"
    )
