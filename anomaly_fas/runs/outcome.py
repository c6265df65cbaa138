"""What became of a run: finished, or failed, and by whose fault."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from hydra.errors import HydraException
from omegaconf.errors import OmegaConfBaseException

from anomaly_fas.errors import AnomalyFasError, BusyError

if TYPE_CHECKING:
    from pathlib import Path

MISTAKE: Final = 2
"""Exit code after a mistake in the input."""

BUSY: Final = 75
"""Exit code where another process is at the run: to be tried again, as EX_TEMPFAIL says."""

INTERRUPTED: Final = 130
"""Exit code after Ctrl-C and SIGTERM."""

_ERROR: Final = "error: "
"""How a command begins what it says of a mistake."""


class State(StrEnum):
    """How a run ended."""

    FINISHED = "finished"
    ALREADY = "finished already"
    ELSEWHERE = "in progress elsewhere"
    STOPPED = "stopped from outside"
    MISTAKE = "mistake"
    CRASH = "crash"


@dataclass(frozen=True)
class Outcome:
    """What became of a run.

    Args:
        state: how it ended.
        reason: of a failure, on one line.
        log: file with the run's output, or with the traceback at least.
    """

    state: State
    reason: str = ""
    log: Path | None = None

    @property
    def is_failure(self) -> bool:
        """Whether there is something to mend."""
        return self.state in {State.STOPPED, State.MISTAKE, State.CRASH}


Note = Callable[[int, Outcome], None]
"""Is told, of a run by its number, what became of it."""


def mistake(error: BaseException) -> str | None:
    """The message for a user's mistake, which may have gone through Hydra's hands.

    Returns:
        None for a fault of the program.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, AnomalyFasError):
            return str(cause)
        cause = cause.__cause__
    if isinstance(error, (HydraException, OmegaConfBaseException)):
        return str(error)
    return None


def is_busy(error: BaseException | None) -> bool:
    """Whether an error, or what caused it, is that another process is at the run."""
    return error is not None and (isinstance(error, BusyError) or is_busy(error.__cause__))


def of_error(error: BaseException, log: Path | None = None) -> Outcome:
    """The outcome of a run that raised an error."""
    message = mistake(error)
    if is_busy(error):
        return Outcome(State.ELSEWHERE, _first_line(message or ""), log)
    if message is not None:
        return Outcome(State.MISTAKE, _first_line(message), log)
    return Outcome(State.CRASH, _first_line(f"{type(error).__name__}: {error}"), log)


def of_process(code: int, log: Path) -> Outcome:
    """The outcome of a run in a process of its own.

    Args:
        code: the process's exit code, negative for a signal.
        log: its output.
    """
    if code == 0:
        return Outcome(State.FINISHED, log=log)
    if code == BUSY:
        return Outcome(State.ELSEWHERE, log=log)
    if code == INTERRUPTED:
        return Outcome(State.STOPPED, "interrupted from outside; it can be resumed", log)
    lines = log.read_text(errors="replace").splitlines()
    said = [line.removeprefix(_ERROR) for line in lines if line.startswith(_ERROR)]
    if code == MISTAKE and said:
        return Outcome(State.MISTAKE, said[-1], log)
    if code < 0:  # Lightning kills a run when one of its ranks has failed, which it says before
        cause = (said or [_exception(lines) or "out of memory?"])[-1]
        return Outcome(State.CRASH, f"killed by {signal.Signals(-code).name}: {cause}", log)
    return Outcome(State.CRASH, _exception(lines) or _last(lines) or f"exit code {code}", log)


def _exception(lines: list[str]) -> str:
    """What the last traceback says; others may have spoken after it."""
    starts = [at for at, line in enumerate(lines) if line.startswith("Traceback (most recent")]
    after = lines[starts[-1] + 1 :] if starts else []
    return next((line for line in after if line and not line.startswith(" ")), "")


def _last(lines: list[str]) -> str:
    return next((line for line in reversed(lines) if line.strip()), "").strip()


def _first_line(message: str) -> str:
    return message.strip().partition("\n")[0]
