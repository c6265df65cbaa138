"""Make the runs of a sweep: compose all before the first starts, sum up after the last."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from hydra.core.config_loader import ConfigLoader
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

from anomaly_fas.errors import AnomalyFasError, RunError
from anomaly_fas.files import write_text
from anomaly_fas.runs.command_configs import check_config
from anomaly_fas.runs.composition import task_config
from anomaly_fas.runs.outcome import Outcome, State, of_error
from anomaly_fas.sweeps.command import Command
from anomaly_fas.sweeps.job import SweepJob, repeat_command, save_job, sweep_folder
from anomaly_fas.sweeps.summary import (
    SweepProgress,
    exit_code,
    failure_list,
    summary,
)

Batch = Sequence[Sequence[str]]
"""Jobs as the overrides of each."""


@dataclass
class _Run:
    """Run of a sweep: it has a job, or an outcome that needed none."""

    config: DictConfig
    job: SweepJob | None = None
    outcome: Outcome | None = None


class Sweep:
    """Runs of a sweep and their outcomes.

    Args:
        command: subcommand to run.
        config: of the sweep.
        loader: Hydra's, which composes the configs of runs.
    """

    def __init__(self, command: Command, config: DictConfig, loader: ConfigLoader) -> None:
        self._command = command
        self._config = config
        self._loader = loader
        self._runs: dict[tuple[str, ...], _Run] = {}
        self._places: set[Path] = set()

    def make(
        self,
        batches: Sequence[Batch],
        launch: Callable[[Sequence[SweepJob], SweepProgress], None],
    ) -> int:
        """Make all runs but those that are finished, each once.

        Args:
            batches: jobs to launch together.
            launch: function that runs jobs and notifies the progress of each.

        Returns:
            The exit code.

        Raises:
            HydraException: some overrides make no config; nothing has been run then.
        """
        for overrides in dict.fromkeys(map(tuple, chain(*batches))):
            self._add(overrides)
        try:
            for batch in batches:
                self._launch(batch, launch)
        except KeyboardInterrupt:
            self._tell_interrupted()
            raise
        outcomes = [run.outcome for run in self._runs.values() if run.outcome is not None]
        print(f"\n{summary(outcomes)}", file=sys.stderr)
        self._keep(self._failures())
        return exit_code(outcomes)

    def _add(self, overrides: tuple[str, ...]) -> None:
        composed = self._loader.load_sweep_config(self._config, list(overrides))
        HydraConfig.instance().set_config(composed.copy())  # makes what it is given read-only
        run = _Run(task_config(composed))
        place = self._command.place_of(run.config)
        if place in self._places:  # what differs from an earlier run does not concern this one
            return
        if place is not None:
            self._places.add(place)
        self._runs[overrides] = run
        try:
            check_config(run.config, self._command.name)
        except AnomalyFasError as error:
            run.outcome = of_error(error)
        else:
            if self._command.is_finished(run.config):
                run.outcome = Outcome(State.ALREADY)
            else:
                run.job = save_job(task_config(composed), composed.hydra, self._command.words)

    def _launch(
        self, batch: Batch, launch: Callable[[Sequence[SweepJob], SweepProgress], None]
    ) -> None:
        waiting = {
            key: run
            for key in map(tuple, batch)
            if (run := self._runs.get(key)) and run.outcome is None
        }
        if not waiting:
            return
        jobs = [run.job for run in waiting.values() if run.job is not None]
        progress = SweepProgress(jobs)
        try:
            launch(jobs, progress)
        finally:
            for number, run in enumerate(waiting.values()):
                run.outcome = progress.outcomes.get(number)

    def _tell_interrupted(self) -> None:
        """Print how much is kept of a sweep that is being ended, and what has failed so far."""
        if self._command.tells_finished:
            finished = sum(self._command.is_finished(run.config) for run in self._runs.values())
            print(f"\n{finished} of {len(self._runs)} runs are finished", file=sys.stderr)
        failures = self._failures()
        if failures:  # those of a sweep before stay listed until this one has come to its end
            with suppress(RunError):
                self._keep(failures)

    def _failures(self) -> str:
        words, hydra = self._command.words, self._config.hydra
        return failure_list(
            (repeat_command(words, overrides, hydra), run.outcome)
            for overrides, run in self._runs.items()
            if run.outcome is not None
        )

    def _keep(self, failures: str) -> None:
        """Write the list of failures; a sweep without failures removes the file."""
        folder = sweep_folder(self._config, self._config.hydra, self._command.words)
        path = folder / "failures.txt"
        if failures:
            print(f"\n{failures}\nkept in {path}", file=sys.stderr)
            write_text(path, failures)
        else:
            path.unlink(missing_ok=True)
