"""Write messages to the screen and to a run's log file."""

import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from anomaly_fas.files import cannot_write

_ANSI: Final = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")


class ScreenHandler(logging.Handler):
    """Write to the current standard error, whose place a progress bar may have taken.

    A `StreamHandler` would keep the stream it was made with, and write into the bar.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        try:
            print(self.format(record), file=sys.stderr, flush=True)
        except RecursionError:
            raise
        except Exception:
            self.handleError(record)


class _LogFile(logging.FileHandler):
    """Lose lines on a full disk: what fails for want of room says so itself."""

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


def log_file(path: Path) -> logging.Handler:
    """Make a handler that appends messages to a file, each line with its time.

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
def log_kept(path: Path) -> Iterator[logging.Handler]:
    """Keep messages and warnings in a file during the block."""
    handler = log_file(path)
    logging.getLogger().addHandler(handler)
    logging.captureWarnings(capture=True)
    try:
        yield handler
    finally:
        logging.captureWarnings(capture=False)
        logging.getLogger().removeHandler(handler)
        handler.close()
