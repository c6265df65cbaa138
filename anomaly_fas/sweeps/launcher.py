"""What the launchers have in common: each run of a sweep is a command of its own."""

from __future__ import annotations

import importlib
from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from hydra.core.hydra_config import HydraConfig
from hydra.core.utils import JobReturn, JobStatus
from hydra.plugins.launcher import Launcher

from anomaly_fas.errors import ConfigError
from anomaly_fas.runs.composition import task_config
from anomaly_fas.sweeps.job import save_job

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from hydra.types import HydraContext, TaskFunction
    from omegaconf import DictConfig

    from anomaly_fas.runs.outcome import Note, Outcome
    from anomaly_fas.sweeps.job import SweepJob


class JobLauncher(Launcher):
    """Saves the configs of all jobs and leaves the rest to `run`."""

    def setup(
        self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig
    ) -> None:
        """Take note of what Hydra has to say."""
        self._context = hydra_context
        self._command: Any = task_function
        self._config = config

    def launch(
        self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int
    ) -> Sequence[JobReturn]:
        """Run all jobs; their return values are `Outcome`s."""
        jobs = [self._saved(list(overrides)) for overrides in job_overrides]

        def note(number: int, outcome: Outcome) -> None:
            self._command.note(initial_job_idx + number, outcome)

        return [
            JobReturn(overrides=list(overrides), status=JobStatus.COMPLETED, _return_value=outcome)
            for overrides, outcome in zip(job_overrides, self.run(jobs, note), strict=True)
        ]

    @abstractmethod
    def run(self, jobs: Sequence[SweepJob], note: Note) -> list[Outcome]:
        """Run all jobs; none that fails may stop another.

        Args:
            jobs: the runs.
            note: to be told of each as soon as it has ended.

        Returns:
            An outcome for each.
        """

    def _saved(self, overrides: list[str]) -> SweepJob:
        config = self._context.config_loader.load_sweep_config(self._config, overrides)
        HydraConfig.instance().set_config(config)
        return save_job(task_config(config), config.hydra, self._command.words)


def need(module: str, extra: str) -> ModuleType:
    """A module that comes with an extra of this package.

    Raises:
        ConfigError: it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ConfigError(
            f"this launcher needs {module}: pip install 'anomaly-fas[{extra}]' ({error})"
        ) from error
