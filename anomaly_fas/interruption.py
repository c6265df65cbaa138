"""Handle Ctrl-C and signals that end a job: at once, or where no work is lost."""

import ctypes
import os
import signal
import sys
from types import FrameType
from typing import Final

ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
"""Signals of Ctrl-C, `kill`, SLURM, a closed terminal, and schedulers' warnings."""

LONGEST_AFTER_SIGTERM: Final = 30
"""Seconds that a run has to stop by itself; SLURM gives it as many by default."""


PARENT: Final = "ANOMALY_FAS_PARENT"
"""Environment variable: id of the process with whose death this one ends."""

_PR_SET_PDEATHSIG: Final = 1


def end_with_parent() -> None:
    """Have SIGTERM sent to this process when the one that `PARENT` names dies (Linux only).

    The variable is removed from the environment, so that children do not inherit it. SLURM's
    warning before a job's end is left to that process. Further ranks of a run are killed: while
    they wait for the first, they react to nothing else.

    Raises:
        KeyboardInterrupt: the process is dead already.
    """
    parent = os.environ.pop(PARENT, "")
    if not parent or sys.platform != "linux":
        return
    signal.signal(signal.SIGUSR2, signal.SIG_IGN)
    is_rank = os.environ.get("LOCAL_RANK", "0") != "0"
    number = signal.SIGKILL if is_rank else signal.SIGTERM
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)
    if os.getppid() != int(parent):
        raise KeyboardInterrupt


def take_for_ctrl_c() -> dict[signal.Signals, signal.Handlers]:
    """Let each unhandled signal of `ENDING` raise KeyboardInterrupt; return it for `give_back`."""
    taken = {
        number: signal.SIG_DFL for number in ENDING if signal.getsignal(number) is signal.SIG_DFL
    }
    for number in taken:
        signal.signal(number, signal.default_int_handler)
    return taken


def give_back(taken: dict[signal.Signals, signal.Handlers]) -> None:
    """Undo `take_for_ctrl_c`."""
    for number, handler in taken.items():
        signal.signal(number, handler)


def leave_to_main_process(_worker: int) -> None:
    """Let a process that loads data go on as long as its main process needs data.

    A terminal and a scheduler send their signals to all processes of a run. The main process sends
    SIGTERM to loaders that do not end by themselves, and waits for them: so the second SIGTERM
    ends this process at once, and the first one after `LONGEST_AFTER_SIGTERM`.
    """
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _heed_the_next)


def _heed_the_next(number: int, frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_DFL)
    signal.alarm(LONGEST_AFTER_SIGTERM)


class Interruption:
    """Put signals that raise KeyboardInterrupt off to where a run can be left.

    Signals that are ignored or handled otherwise at construction are left alone.

    Attributes:
        requested: whether a signal came while they were put off.
    """

    def __init__(self) -> None:
        self._numbers = [
            number for number in ENDING if signal.getsignal(number) is signal.default_int_handler
        ]
        self.requested = False

    def put_off(self) -> None:
        """Only note signals from now on; Ctrl-C after one ends the process at once."""
        for number in self._numbers:
            signal.signal(number, self._note)

    def let_through(self) -> None:
        """Let signals raise KeyboardInterrupt at once from now on.

        Raises:
            KeyboardInterrupt: one came before.
        """
        for number in self._numbers:
            signal.signal(number, signal.default_int_handler)
        if self.requested:
            raise KeyboardInterrupt

    def _note(self, number: int, frame: FrameType | None) -> None:
        is_first, self.requested = not self.requested, True
        # The system's own way out, which works where Python waits for other processes, too.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if is_first and os.environ.get("LOCAL_RANK", "0") == "0":
            # Not `print`, in the middle of which the signal may have come.
            os.write(2, b"\nstopping after this step; Ctrl-C ends at once\n")
