"""Run a sweep's jobs as tasks of a Ray cluster: a local one, or one that an address names."""

import os
import signal
from collections.abc import Mapping, Sequence
from typing import Any

from anomaly_fas.errors import ConfigError
from anomaly_fas.runs.outcome import Outcome, State
from anomaly_fas.sweeps.job import SweepJob
from anomaly_fas.sweeps.launcher import JobLauncher, need
from anomaly_fas.sweeps.process import run_job
from anomaly_fas.sweeps.summary import SweepProgress


def resources(
    num_cpus: float, num_gpus: float | None, devices: int, nodes: Sequence[Mapping[str, Any]]
) -> dict[str, float]:
    """Return what to ask Ray for: a task that no machine has room for would wait for ever.

    Args:
        num_cpus: processor cores of a run.
        num_gpus: GPUs of a run; None for `devices` of them, if there are any.
        devices: devices of a run.
        nodes: machines of the cluster, as `ray.nodes` describes them.

    Raises:
        ConfigError: no machine has as much.
    """
    cores, gpus = (
        max((node["Resources"].get(key, 0) for node in nodes), default=0) for key in ("CPU", "GPU")
    )
    if num_gpus is None:
        num_gpus = devices if gpus else 0
    asked = {"num_cpus": num_cpus, "num_gpus": num_gpus}
    for (name, count), most in zip(asked.items(), (cores, gpus), strict=True):
        if count > most:
            raise ConfigError(
                f"hydra.launcher.{name}={count}: no machine of the cluster has more than {most:g}"
            )
    return asked


class RayLauncher(JobLauncher):
    """Run each job as a process inside a Ray task; the machines must share their files.

    Args:
        num_cpus: processor cores of each run.
        num_gpus: GPUs of each run; None for `devices` of them, if the cluster has any.
        devices: devices of each run; one for `auto`.
        accelerator: `cpu` leaves GPUs alone.
        address: address of a cluster; None for one that lasts as long as the sweep.
        init: further arguments of `ray.init`.
    """

    def __init__(
        self,
        num_cpus: float = 1,
        num_gpus: float | None = None,
        devices: int | str = 1,
        accelerator: str = "auto",
        address: str | None = None,
        init: dict[str, Any] | None = None,
    ) -> None:
        self._ray = need("ray", extra="ray")
        if num_gpus is None and accelerator == "cpu":
            num_gpus = 0
        self._wanted = num_cpus, num_gpus, devices if isinstance(devices, int) else 1
        self._init = {"address": address} | dict(init or {})

    def run(self, jobs: Sequence[SweepJob], progress: SweepProgress) -> None:
        """Run all jobs, as many at a time as the cluster has room for.

        Raises:
            ConfigError: there is no such cluster, or nothing in it has such resources.
        """
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        # A run without GPUs sees those that there are, as anywhere else.
        os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        on_terminate = signal.getsignal(signal.SIGTERM)
        settings = {"include_dashboard": False, "log_to_driver": False, "logging_level": "error"}
        try:
            self._ray.init(**settings, **self._init)
        except (ConnectionError, ValueError) as error:
            address = self._init.get("address")
            raise ConfigError(f"hydra.launcher.address={address}: {error}") from error
        signal.signal(signal.SIGTERM, on_terminate)  # Ray's would abort us
        try:
            self._run(jobs, resources(*self._wanted, self._ray.nodes()), progress)
        finally:
            self._ray.shutdown()

    def _run(
        self, jobs: Sequence[SweepJob], resources: Mapping[str, float], progress: SweepProgress
    ) -> None:
        task = self._ray.remote(max_retries=0, **resources)(run_job)
        waiting = {task.remote(job): number for number, job in enumerate(jobs)}
        for number in waiting.values():
            progress.started(number, "handed in")
        try:
            while waiting:
                (reference,), _ = self._ray.wait(list(waiting), num_returns=1)
                number = waiting.pop(reference)
                progress.ended(number, self._outcome(reference, jobs[number]))
        except KeyboardInterrupt:  # have those in progress save and end
            for reference in waiting:
                self._ray.cancel(reference)
            self._ray.wait(list(waiting), num_returns=len(waiting))
            raise

    def _outcome(self, reference: Any, job: SweepJob) -> Outcome:
        try:
            outcome: Outcome = self._ray.get(reference)
        except self._ray.exceptions.RayError as error:  # the worker or its machine is gone
            reason = f"{type(error).__name__}: {error}".strip().partition("\n")[0]
            return Outcome(State.CRASH, reason, job.log)
        return outcome
