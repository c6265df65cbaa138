"""Hold a run folder for one process, and keep its messages there."""

import logging
import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from anomaly_fas.errors import BusyError
from anomaly_fas.files import cannot_write
from anomaly_fas.runs.log import log_kept
from anomaly_fas.runs.outcome import mistake

LOG: Final = "train.log"
ERROR: Final = "error.txt"
"""Why the last attempt at a run failed; not there where it did not."""

_LOCK: Final = ".lock"

_PATIENCE_SECONDS: Final = 10.0
"""Loading processes of a run that was killed may live on for a few seconds."""

_log = logging.getLogger(__name__)

_RANKS: Final = ("RANK", "LOCAL_RANK", "NODE_RANK", "GROUP_RANK", "SLURM_PROCID")


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a run folder's lock during the block; the system frees it when the process dies.

    Raises:
        BusyError: another process holds it.
        RunError: the folder cannot be written to.
    """
    lock = FileLock(folder / _LOCK, timeout=_PATIENCE_SECONDS)
    try:
        lock.acquire()
    except Timeout as error:
        raise BusyError(
            f"{folder} is being trained by another process: wait until it ends, or stop it first"
        ) from error
    except NotImplementedError:
        _log.warning("this file system has no locks: see to it that %s is trained once", folder)
    except OSError as error:
        raise cannot_write(folder / _LOCK, error.strerror or str(error)) from error
    try:
        yield
    finally:
        lock.release()


def is_held(folder: Path) -> bool:
    """Whether a process holds the lock of a run folder; no where that cannot be found out."""
    path = folder / _LOCK
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


@contextmanager
def run_session(folder: Path) -> Iterator[None]:
    """Hold a run folder, with messages kept in its `train.log` and a failure in `error.txt`.

    Of the processes of a run the first does this; the others report failures only.

    Raises:
        RunError: another process trains this run, or the folder cannot be written to.
    """
    if not _is_first_process():
        with _one_of_many(folder / ERROR):
            yield
        return
    with held(folder), log_kept(folder / LOG) as handler:
        (folder / ERROR).unlink(missing_ok=True)
        try:
            yield
        except Exception as error:
            message = mistake(error)
            reason = f"error: {message}" if message else traceback.format_exc().rstrip()
            _say(handler, reason)
            with suppress(OSError):  # a full disk, which is what `reason` tells then
                (folder / ERROR).write_text(f"{reason}\n", encoding="utf-8")
            raise
        except KeyboardInterrupt:
            _say(handler, "interrupted")
            raise


@contextmanager
def _one_of_many(path: Path) -> Iterator[None]:
    """Write a failure of a process that is not the first, unless another one failed before."""
    logging.getLogger().setLevel(logging.ERROR)
    try:
        yield
    except Exception as error:
        reason = mistake(error) or traceback.format_exc().rstrip()
        rank = next((os.environ[name] for name in _RANKS if name in os.environ), "?")
        with suppress(OSError), path.open("x", encoding="utf-8") as file:
            file.write(f"process {rank} of this run failed: {reason}\n")
        raise


def _say(handler: logging.Handler, text: str) -> None:
    """Write into the file alone: the screen shows it where the process ends."""
    handler.handle(logging.LogRecord(__name__, logging.ERROR, "", 0, text, None, None))


def _is_first_process() -> bool:
    """Whether this is the first process of its run, by torchrun's, SLURM's, Lightning's words."""
    return all(os.environ.get(name, "0") == "0" for name in _RANKS)
