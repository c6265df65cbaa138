"""Define the base of the launchers: each run of a sweep is a process of its own."""

import importlib
import sys
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, cast

from hydra.core.utils import JobReturn, JobStatus
from hydra.plugins.launcher import Launcher
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig

from anomaly_fas.errors import ConfigError
from anomaly_fas.sweeps.command import Command
from anomaly_fas.sweeps.job import SweepJob
from anomaly_fas.sweeps.summary import SweepProgress
from anomaly_fas.sweeps.sweep import Sweep


class JobLauncher(Launcher):
    """Make a sweep of what Hydra asks for; subclasses run its jobs."""

    def setup(
        self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig
    ) -> None:
        """Prepare the sweep.

        Raises:
            ConfigError: the command is no multirun.
        """
        command = cast("Command", task_function)
        if command.no_multirun:
            raise ConfigError(command.no_multirun)
        self._sweep = Sweep(command, config, hydra_context.config_loader)

    def launch(
        self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int
    ) -> Sequence[JobReturn]:
        """Make a sweep for a sweeper that is not ours."""
        self.launch_batches([job_overrides])
        return [JobReturn(overrides=jobs, status=JobStatus.COMPLETED) for jobs in job_overrides]

    def launch_batches(self, batches: Sequence[Sequence[Sequence[str]]]) -> None:
        """Make all runs, one batch after the other.

        Raises:
            SystemExit: runs have failed; the others have been made.
        """
        code = self._sweep.make(batches, self.run)
        if code:
            sys.exit(code)

    @abstractmethod
    def run(self, jobs: Sequence[SweepJob], progress: SweepProgress) -> None:
        """Run all jobs, notifying `progress`; none that fails may stop another."""


def need(module: str, extra: str) -> Any:
    """Import a module that comes with an extra of this package.

    Raises:
        ConfigError: it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ConfigError(
            f"this launcher needs {module}: pip install 'anomaly-fas[{extra}]' ({error})"
        ) from error
