"""Print the progress of a sweep, and sum it up."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence

from anomaly_fas.runs.outcome import MISTAKE, Outcome, State
from anomaly_fas.sweeps.job import SweepJob


class SweepProgress:
    """Print the beginning and end of each job, and collect `outcomes` by the job's position."""

    def __init__(self, jobs: Sequence[SweepJob]) -> None:
        self._jobs = jobs
        self._since: dict[int, float] = {}
        self.outcomes: dict[int, Outcome] = {}

    def started(self, number: int, verb: str = "started") -> None:
        """Print that a run has begun."""
        self._since[number] = time.monotonic()
        job = self._jobs[number]
        self._print(number, f"{verb}: {job.label}, log {job.log}")

    def ended(self, number: int, outcome: Outcome) -> None:
        """Print how a run has ended."""
        self.outcomes[number] = outcome
        seconds = round(time.monotonic() - self._since[number])
        label = self._jobs[number].label
        if outcome.is_failure:
            self._print(number, f"failed after {seconds} s: {label}: {outcome.reason}")
        elif outcome.state is State.FINISHED:
            self._print(number, f"finished in {seconds} s: {label}")
        else:
            self._print(number, f"{outcome.state}: {label}")

    def _print(self, number: int, message: str) -> None:
        print(f"{number + 1}/{len(self._jobs)} {message}", file=sys.stderr, flush=True)


def summary(outcomes: Sequence[Outcome]) -> str:
    """Sum up as `21 runs: 17 finished, 2 were finished already, 2 failed`."""
    of = Counter(outcome.state for outcome in outcomes)
    failed = sum(outcome.is_failure for outcome in outcomes)
    already = "was" if of[State.ALREADY] == 1 else "were"
    parts = [
        (of[State.FINISHED], "finished"),
        (of[State.ALREADY], f"{already} finished already"),
        (of[State.ELSEWHERE], State.ELSEWHERE),
        (failed, "failed"),
    ]
    counts = ", ".join(f"{count} {what}" for count, what in parts if count)
    return f"{len(outcomes)} run{'s' * (len(outcomes) != 1)}: {counts}"


def failure_list(ended: Iterable[tuple[str, Outcome]]) -> str:
    """Describe the runs that failed, given the command that repeats each run and its outcome."""
    blocks = []
    for command, outcome in ended:
        if outcome.is_failure:
            log = f"  log:   {outcome.log}\n" if outcome.log else ""
            blocks.append(f"{outcome.reason}\n{log}  again: {command}\n")
    return "\n".join(blocks)


def exit_code(outcomes: Iterable[Outcome]) -> int:
    """Return 0 if nothing failed, 2 after mistakes in the input alone, else 1."""
    states = {outcome.state for outcome in outcomes}
    if states & {State.CRASH, State.STOPPED}:
        return 1
    return MISTAKE if State.MISTAKE in states else 0
