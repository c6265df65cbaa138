"""A line on the screen when a run of a sweep begins and when it ends."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from anomaly_fas.runs.outcome import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anomaly_fas.runs.outcome import Note, Outcome
    from anomaly_fas.sweeps.job import SweepJob


class SweepProgress:
    """What is said of runs in processes of their own, whose output goes elsewhere.

    Args:
        jobs: all of them.
        begun: what is said of a run that begins.
        note: is told of each run that has ended.
    """

    def __init__(
        self, jobs: Sequence[SweepJob], begun: str = "started", note: Note | None = None
    ) -> None:
        self._jobs = jobs
        self._begun = begun
        self._note = note
        self._since: dict[int, float] = {}

    def started(self, number: int) -> None:
        """Say that a run has begun."""
        self._since[number] = time.monotonic()
        job = self._jobs[number]
        self._say(number, f"{self._begun}: {job.label}, log {job.log}")

    def ended(self, number: int, outcome: Outcome) -> None:
        """Say how a run has ended."""
        seconds = round(time.monotonic() - self._since[number])
        label = self._jobs[number].label
        if self._note:
            self._note(number, outcome)
        if outcome.state is State.ELSEWHERE:
            self._say(number, f"{outcome.state}: {label}")
        elif outcome.is_failure:
            self._say(number, f"failed after {seconds} s: {label}: {outcome.reason}")
        else:
            self._say(number, f"finished in {seconds} s: {label}")

    def _say(self, number: int, message: str) -> None:
        print(f"{number + 1}/{len(self._jobs)} {message}", file=sys.stderr, flush=True)
