"""A trial being worked on: its runs one after the other, each in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from statistics import fmean
from typing import TYPE_CHECKING, Final

from anomaly_fas.commands import saved_config
from anomaly_fas.commands.outcome import INTERRUPTED
from anomaly_fas.metrics.analysis import HEADLINE
from anomaly_fas.metrics.summary import read_summary
from anomaly_fas.types import Split

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from anomaly_fas.commands.search_plan import PlannedRun
    from anomaly_fas.search.trials import Trial

TRAIN: Final = (sys.executable, "-m", "anomaly_fas", "train")
"""The command that a run is trained by."""

_LAST_LINES: Final = 50
"""Of a log, among which the error is looked for."""


class TrialFailedError(Exception):
    """A run of the trial ended with an error."""


class TrialWork:
    """The runs of a trial, of which those that are finished already are not run again.

    Args:
        trial: that this process has claimed.
        runs: that it consists of.
        folder: of the search, for configs and logs.
        environment: of the processes.
    """

    def __init__(
        self, trial: Trial, runs: Sequence[PlannedRun], folder: Path, environment: Mapping[str, str]
    ) -> None:
        self.trial = trial
        self.runs = runs
        self.log = folder / "logs" / f"trial-{trial.number}.log"
        self._configs = folder / "configs"
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None

    def advance(self) -> float | None:
        """See to the run in progress, and start the next one when it has ended.

        Returns:
            The mean devel ACER once all are finished, None before.

        Raises:
            TrialFailedError: a run failed.
            KeyboardInterrupt: a run was told to stop, and not by us.
        """
        if self._process is not None:
            code = self._process.poll()
            if code is None:
                return None
            self._process = None
            if code == INTERRUPTED:
                raise KeyboardInterrupt
            if code:
                raise TrialFailedError(_error(self.log, code))
        for number, run in enumerate(self.runs):
            if not run.folder.is_finished:
                self._start(run, self._configs / f"trial-{self.trial.number}-{number}.yaml")
                return None
        return fmean(devel_acer(run.folder.path) for run in self.runs)

    def _start(self, run: PlannedRun, config: Path) -> None:
        saved_config.save(run.config, config)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*TRAIN, *saved_config.arguments(config)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment,
                pass_fds=[self.trial.claim.descriptor],
                start_new_session=True,  # a terminal's Ctrl-C comes to us alone; see `stop`
            )

    def stop(self) -> None:
        """Tell the run in progress to save and end."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)

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


def environment(workers: int) -> dict[str, str]:
    """This process's, in which workers share the cores unless it says otherwise."""
    cores = os.cpu_count() or 1
    shared = {} if workers == 1 else {"OMP_NUM_THREADS": str(max(1, cores // workers))}
    return shared | os.environ


def _error(log: Path, code: int) -> str:
    """What a process said before it ended: its own message, or else its last words."""
    if code < 0:
        return f"ended by signal {-code} ({signal.Signals(-code).name})"
    lines = log.read_text(errors="replace").splitlines()[-_LAST_LINES:]
    said = [line.strip() for line in lines if line.strip()]
    messages = [line for line in said if line.startswith("error: ")]
    return (messages or said or [f"exit code {code}"])[-1].removeprefix("error: ")
