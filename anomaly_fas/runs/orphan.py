"""A process that ends with the one that started it, however that one ends."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from typing import Final

PARENT: Final = "ANOMALY_FAS_PARENT"
"""Environment variable: the process without which this one is to end."""

_PR_SET_PDEATHSIG: Final = 1


def end_with_parent() -> None:
    """Have SIGTERM sent to this process when the one that `PARENT` names dies; Linux alone.

    The variable is taken out of the environment: a process's own children do not inherit it.
    SLURM's warning before a job's end goes to all its processes; that one sees to it, too. The
    further processes of a run are killed: where they wait for the first, they hear nothing else.

    Raises:
        KeyboardInterrupt: it is dead already.
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
