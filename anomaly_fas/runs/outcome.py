"""What became of a run, and the `outcome.json` by which its process tells the sweep."""

import json
import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from hydra.errors import HydraException
from omegaconf.errors import OmegaConfBaseException

from anomaly_fas.errors import AnomalyFasError, BusyError

MISTAKE: Final = 2
"""Exit code after a mistake in the input."""

BUSY: Final = 75
"""Exit code where another process holds the run: to be tried again, as EX_TEMPFAIL says."""

INTERRUPTED: Final = 130
"""Exit code after Ctrl-C and SIGTERM."""

REPORT: Final = "ANOMALY_FAS_OUTCOME"
"""Environment variable: the file to which a run's process writes why it failed."""


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
    """Outcome of a run: its state, the reason of a failure on one line, its log file."""

    state: State
    reason: str = ""
    log: Path | None = None

    @property
    def is_failure(self) -> bool:
        """Whether there is something to mend."""
        return self.state in {State.STOPPED, State.MISTAKE, State.CRASH}


def mistake(error: BaseException) -> str | None:
    """Return the message of a user's mistake, also where Hydra wraps it; else None."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, AnomalyFasError):
            return str(cause)
        cause = cause.__cause__
    if isinstance(error, (HydraException, OmegaConfBaseException)):
        return str(error)
    return None


def is_busy(error: BaseException | None) -> bool:
    """Whether an error, or what caused it, is that another process holds the run."""
    return error is not None and (isinstance(error, BusyError) or is_busy(error.__cause__))


def of_error(error: BaseException, log: Path | None = None) -> Outcome:
    """Return the outcome of a run that raised an error."""
    message = mistake(error)
    if is_busy(error):
        return Outcome(State.ELSEWHERE, _first_line(message or ""), log)
    if message is not None:
        return Outcome(State.MISTAKE, _first_line(message), log)
    return Outcome(State.CRASH, _first_line(f"{type(error).__name__}: {error}"), log)


def is_reported() -> bool:
    """Whether the process that started this one reads its outcome."""
    return REPORT in os.environ


def report(outcome: Outcome) -> None:
    """Write the outcome for the process that started this one, if that asked for it.

    Of the ranks of a run the first one to fail counts: the others fail because of it.
    """
    if is_reported():
        with suppress(OSError), Path(os.environ[REPORT]).open("x", encoding="utf-8") as file:
            json.dump({"state": outcome.state, "reason": outcome.reason}, file)


def of_process(code: int, path: Path, log: Path) -> Outcome:
    """Return the outcome of a run's process, and write it to its `outcome.json`.

    Args:
        code: exit code of the process, negative for a signal.
        path: `outcome.json`, the file that `REPORT` named for the process.
        log: file with the output of the process.
    """
    outcome = _of_exit(code, _reported(path), log)
    killed_by = signal.Signals(-code).name if code < 0 else None
    content = {
        "state": outcome.state,
        "reason": outcome.reason,
        "log": str(log),
        "exit_code": code if code >= 0 else None,
        "signal": killed_by,
    }
    with suppress(OSError):  # a full disk, which the run has met as well
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return outcome


def _of_exit(code: int, reported: Outcome | None, log: Path) -> Outcome:
    if code == 0:
        is_new = reported is None or reported.state is not State.ALREADY
        return Outcome(State.FINISHED if is_new else State.ALREADY, log=log)
    if code == BUSY:
        return Outcome(State.ELSEWHERE, log=log)
    if code == INTERRUPTED:
        return Outcome(State.STOPPED, "interrupted from outside; it can be resumed", log)
    if code < 0:  # Lightning kills a run when one of its ranks has failed
        name = signal.Signals(-code).name
        guess = "out of memory?" if -code == signal.SIGKILL else ""
        cause = reported.reason if reported else guess
        return Outcome(State.CRASH, f"killed by {name}: {cause}".removesuffix(": "), log)
    if reported and reported.is_failure:
        return Outcome(reported.state, reported.reason, log)
    return Outcome(State.CRASH, f"exit code {code}", log)


def _reported(path: Path) -> Outcome | None:
    with suppress(OSError, ValueError, KeyError):
        content = json.loads(path.read_text(encoding="utf-8"))
        return Outcome(State(content["state"]), content["reason"])
    return None


def _first_line(message: str) -> str:
    return message.strip().partition("\n")[0]
