"""A progress bar where there is a terminal to draw it on."""

import sys

from lightning.pytorch.callbacks import RichProgressBar


class TerminalProgressBar(RichProgressBar):
    """Lightning's rich progress bar, on standard error and only if that is a terminal.

    What is printed or logged meanwhile goes above the bar. `EpochLines` tells the progress in
    either case.
    """

    def __init__(self) -> None:
        super().__init__(leave=False, console_kwargs={"stderr": True})
        if not sys.stderr.isatty():
            self.disable()
