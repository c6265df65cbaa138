"""Messages on the screen."""

from __future__ import annotations

import logging
import sys


class ScreenHandler(logging.Handler):
    """Writes to what standard error is at the time: a progress bar takes its place meanwhile.

    A `StreamHandler` keeps the stream it was made with, and would write into the bar.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        try:
            print(self.format(record), file=sys.stderr, flush=True)
        except RecursionError:
            raise
        except Exception:
            self.handleError(record)
