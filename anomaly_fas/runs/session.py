"""One process at work in a run folder: it alone writes there, and what it says is kept."""

from __future__ import annotations

import logging
import os
import re
import sys
import traceback
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from anomaly_fas.files import cannot_write
from anomaly_fas.runs.lock import held
from anomaly_fas.runs.outcome import mistake

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOG: Final = "train.log"
ERROR: Final = "error.txt"
"""Why the last attempt at a run failed; not there where it did not."""

_RANKS: Final = ("RANK", "LOCAL_RANK", "NODE_RANK", "GROUP_RANK", "SLURM_PROCID")
_ANSI: Final = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")


class _LogFile(logging.FileHandler):
    """A full disk costs lines, and what fails for want of room says so itself."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)

    def close(self) -> None:
        with suppress(OSError):
            super().close()


class _PlainFormatter(logging.Formatter):
    """Lines with their time and without colours."""

    def format(self, record: logging.LogRecord) -> str:
        return _ANSI.sub("", super().format(record))


@contextmanager
def run_session(folder: Path) -> Iterator[None]:
    """Hold a run folder, and keep what is said in its `train.log`, a failure also in `error.txt`.

    Of the processes of one run the first does this, the others nothing.

    Args:
        folder: of the run; it exists.

    Raises:
        RunError: another process trains this run, or the folder cannot be written to.
    """
    if not _is_first_process():
        with _one_of_many(folder / ERROR):
            yield
        return
    with held(folder), _log_kept(folder / LOG) as handler:
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
    """Say what goes wrong and nothing else; the first process says all that is to be said."""
    logging.getLogger().setLevel(logging.ERROR)
    try:
        yield
    except Exception as error:
        reason = mistake(error) or traceback.format_exc().rstrip()
        rank = next((os.environ[name] for name in _RANKS if name in os.environ), "?")
        # Not where there is an earlier failure that brought this one about, or on a full disk.
        with suppress(OSError), path.open("x", encoding="utf-8") as file:
            file.write(f"process {rank} of this run failed: {reason}\n")
        raise


def log_file(path: Path) -> logging.Handler:
    """Appends what is said to a file, each line with its time.

    Raises:
        RunError: it cannot be written to.
    """
    try:
        handler = _LogFile(path, encoding="utf-8")
    except OSError as error:
        raise cannot_write(path, error.strerror or str(error)) from error
    handler.setFormatter(_PlainFormatter("%(asctime)s %(message)s", "%Y-%m-%d %H:%M:%S"))
    return handler


@contextmanager
def _log_kept(path: Path) -> Iterator[logging.Handler]:
    handler = log_file(path)
    logging.getLogger().addHandler(handler)
    logging.captureWarnings(capture=True)
    try:
        yield handler
    finally:
        logging.captureWarnings(capture=False)
        logging.getLogger().removeHandler(handler)
        handler.close()


def _say(handler: logging.Handler, text: str) -> None:
    """Into the file alone: on the screen it is shown where the process ends."""
    handler.handle(logging.LogRecord(__name__, logging.ERROR, "", 0, text, None, None))


def _is_first_process() -> bool:
    """Whether this is the first process of its run, by what torchrun, SLURM and Lightning set."""
    return all(os.environ.get(name, "0") == "0" for name in _RANKS)
