"""All runs of a sweep: composed before the first one starts, and judged after the last."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from hydra.core.hydra_config import HydraConfig

from anomaly_fas.errors import AnomalyFasError, RunError
from anomaly_fas.runs.composition import task_config
from anomaly_fas.runs.outcome import Outcome, State, of_error
from anomaly_fas.runs.value_types import check_value_types
from anomaly_fas.sweeps.job import repeat_command, sweep_folder
from anomaly_fas.sweeps.summary import exit_code, failure_list, summary, write_failures

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from hydra.core.config_loader import ConfigLoader
    from hydra.core.utils import JobReturn
    from omegaconf import DictConfig

    from anomaly_fas.sweeps.command import Command


class ComposedConfigs:
    """Stands in for Hydra's config loader: what changes in `conf/` from now on does not count."""

    def __init__(self) -> None:
        self._configs: dict[tuple[str, ...], DictConfig] = {}

    def add(self, overrides: Sequence[str], config: DictConfig) -> None:
        """Keep a config."""
        self._configs[tuple(overrides)] = config

    def load_sweep_config(
        self, master_config: DictConfig, sweep_overrides: Sequence[str]
    ) -> DictConfig:
        """The config of a run."""
        return self._configs[tuple(sweep_overrides)]


class Sweep:
    """The runs of a sweep and what became of them.

    Args:
        command: what each run is.
        config: of the sweep.
    """

    def __init__(self, command: Command, config: DictConfig) -> None:
        self._command = command
        self._config = config
        self._outcomes: dict[tuple[str, ...], Outcome | None] = {}
        self._begun: list[tuple[str, ...]] = []
        self._places: set[Path] = set()
        self.configs = ComposedConfigs()
        command.note = self._note

    def _note(self, number: int, outcome: Outcome) -> None:
        self._outcomes[self._begun[number]] = outcome

    def compose(self, jobs: Iterable[Sequence[str]], loader: ConfigLoader) -> None:
        """Compose the configs of all runs, and see which of them are not to be made.

        Raises:
            HydraException: some overrides make no config.
        """
        for overrides in jobs:
            config = loader.load_sweep_config(self._config, list(overrides))
            HydraConfig.instance().set_config(config.copy())  # it makes what it is given read-only
            self.configs.add(overrides, config)
            if tuple(overrides) not in self._outcomes and self._is_new(task_config(config)):
                self._outcomes[tuple(overrides)] = self._known(task_config(config))

    def _is_new(self, config: DictConfig) -> bool:
        """Whether no run before has the same place: what differs may not concern the run."""
        if self._command.place is None:
            return True
        with suppress(Exception):  # the run meets the same error, and says so
            place = self._command.place(config)
            if place is None:
                return True
            is_new = place not in self._places
            self._places.add(place)
            return is_new
        return True

    def _known(self, config: DictConfig) -> Outcome | None:
        try:
            check_value_types(config)
        except AnomalyFasError as error:
            return of_error(error)
        return Outcome(State.ALREADY) if self._command.is_finished(config) else None

    def to_do(self, jobs: Iterable[Sequence[str]]) -> list[list[str]]:
        """Those runs that have yet to be made, each once; they are numbered as they come."""
        unique = dict.fromkeys(map(tuple, jobs))
        found = [job for job in unique if job in self._outcomes and not self._outcomes[job]]
        self._begun += found
        return [list(job) for job in found]

    def ended(self, jobs: Iterable[Sequence[str]], returns: Iterable[JobReturn]) -> None:
        """Take note of what became of runs."""
        for overrides, job_return in zip(jobs, returns, strict=True):
            if self._outcomes[tuple(overrides)] is None:  # our launchers tell of each at its end
                self._outcomes[tuple(overrides)] = _outcome(job_return)

    def interrupted(self) -> None:
        """Say how much is kept of a sweep that is being ended, and what has failed so far."""
        configs = [self.configs.load_sweep_config(self._config, job) for job in self._outcomes]
        finished = sum(self._command.is_finished(task_config(config)) for config in configs)
        if self._command.tells_finished:
            print(f"\n{finished} of {len(configs)} runs are finished", file=sys.stderr)
        failures = self._failures()
        if failures:  # those of a sweep before stay listed until this one has come to its end
            with suppress(RunError):
                self._keep(failures)

    def conclude(self) -> int:
        """Say what became of all runs.

        Returns:
            The exit code.
        """
        outcomes = [outcome for outcome in self._outcomes.values() if outcome is not None]
        print(f"\n{summary(outcomes)}", file=sys.stderr)
        self._keep(self._failures())
        return exit_code(outcomes)

    def _failures(self) -> str:
        words = self._command.words
        return failure_list(
            (repeat_command(words, overrides, self._config.hydra), outcome)
            for overrides, outcome in self._outcomes.items()
            if outcome is not None
        )

    def _keep(self, failures: str) -> None:
        place = sweep_folder(self._config, self._config.hydra, self._command.words)
        path = place / "failures.txt"
        if failures:
            print(f"\n{failures}\nkept in {path}", file=sys.stderr)
        write_failures(path, failures)


def _outcome(job_return: JobReturn) -> Outcome:
    try:
        value = job_return.return_value
    except Exception as error:  # of a launcher that is not ours
        return of_error(error)
    return value if isinstance(value, Outcome) else Outcome(State.FINISHED)
