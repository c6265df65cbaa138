"""A trial being worked on: its runs one after the other, each in a process of its own."""

from __future__ import annotations

from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Final

from anomaly_fas.metrics.analysis import HEADLINE
from anomaly_fas.metrics.summary import read_summary
from anomaly_fas.runs import saved_config
from anomaly_fas.runs.lock import is_held
from anomaly_fas.runs.outcome import State
from anomaly_fas.sweeps.job import SweepJob
from anomaly_fas.sweeps.process import JobProcess
from anomaly_fas.types import Split

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from anomaly_fas.search.plan import PlannedRun
    from anomaly_fas.search.trials import Trial

TRAIN: Final = ("-m", "anomaly_fas", "train")
"""What Python is called with to train a run."""

_RESUMED: Final = 3
"""Times that a trial goes on whose process somebody has stopped; then it has failed."""


class TrialFailedError(Exception):
    """A run of the trial ended with an error."""


class TrialWork:
    """The runs of a trial, of which those that are finished already are not run again.

    Args:
        trial: that this process has claimed.
        runs: that it consists of.
        folder: of the search, for configs and logs.
        slot: environment of the processes: their device, their threads.
    """

    def __init__(
        self, trial: Trial, runs: Sequence[PlannedRun], folder: Path, slot: Mapping[str, str]
    ) -> None:
        self.trial = trial
        self.runs = runs
        self.slot = slot
        self.log = folder / "logs" / f"trial-{trial.number}.log"
        self._configs = folder / "configs"
        self._process: JobProcess | None = None
        self._resumed = 0

    def advance(self) -> float | None:
        """See to the run in progress, and start the next one when it has ended.

        Returns:
            The mean devel ACER once all are finished, None before.

        Raises:
            TrialFailedError: a run failed.
        """
        if self._process is not None:
            outcome = self._process.outcome()
            if outcome is None:
                return None
            self._process = None
            if outcome.state is State.STOPPED and self._resumed < _RESUMED:
                self._resumed += 1
            elif outcome.is_failure:
                raise TrialFailedError(outcome.reason)
        for number, run in enumerate(self.runs):
            if not run.folder.is_finished:
                # What a worker that was killed had begun may still be saving and ending.
                if not is_held(run.folder.path):
                    self._start(run, number)
                return None
        return fmean(devel_acer(run.folder.path) for run in self.runs)

    def _start(self, run: PlannedRun, number: int) -> None:
        config = self._configs / f"trial-{self.trial.number}-{number}.yaml"
        saved_config.save(run.config, config)
        arguments = (*TRAIN, *saved_config.arguments(config))
        job = SweepJob(arguments, Path.cwd(), self.log, label=run.command)
        self._process = JobProcess(job, self.slot)

    def stop(self) -> None:
        """Tell the run in progress to save and end."""
        if self._process is not None:
            self._process.stop()

    def wait(self) -> None:
        """Wait until it has."""
        if self._process is not None:
            self._process.wait()


def devel_acer(run: Path) -> float:
    """Of a finished run's first scorer, at the threshold that devel gave; test is not looked at.

    Raises:
        DataError: its figures cannot be read.
    """
    figures = read_summary(run / "metrics.json")["figures"]
    return float(next(iter(figures.values()))[Split.DEVEL][HEADLINE]["acer"])
