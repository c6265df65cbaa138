"""Runs of a sweep as tasks of a Ray cluster."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any, NamedTuple

from anomaly_fas.errors import ConfigError
from anomaly_fas.runs.outcome import Outcome, State
from anomaly_fas.sweeps.process import run_jobs
from anomaly_fas.sweeps.progress import SweepProgress

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from anomaly_fas.runs.outcome import Note
    from anomaly_fas.sweeps.job import SweepJob


class Resources(NamedTuple):
    """What each run is given.

    Attributes:
        num_cpus: processor cores.
        num_gpus: GPUs; None for `devices` of them, if the cluster has any.
        devices: that the run trains on.
    """

    num_cpus: float
    num_gpus: float | None
    devices: int

    def asked_of(self, nodes: Sequence[Mapping[str, Any]]) -> dict[str, float]:
        """What to ask Ray for; a task that no machine has room for would wait for ever.

        Args:
            nodes: the cluster's machines, as `ray.nodes` lists them.

        Raises:
            ConfigError: no machine has as much.
        """
        cores, gpus = (
            max((node["Resources"].get(key, 0) for node in nodes), default=0)
            for key in ("CPU", "GPU")
        )
        wanted = self.num_gpus
        if wanted is None:
            wanted = self.devices if gpus else 0
        asked = {"num_cpus": self.num_cpus, "num_gpus": wanted}
        for (name, count), most in zip(asked.items(), (cores, gpus), strict=True):
            if count > most:
                raise ConfigError(
                    f"hydra.launcher.{name}={count}: no machine of the cluster has more than "
                    f"{most:g}"
                )
        return asked


def run_on_ray(
    ray: Any,
    jobs: Sequence[SweepJob],
    resources: Resources,
    init: Mapping[str, Any],
    note: Note,
) -> list[Outcome]:
    """Run all jobs; when interrupted, have those in progress save and end.

    Args:
        ray: the module.
        jobs: the runs.
        resources: of each run.
        init: arguments of `ray.init`.
        note: is told of each run that has ended.

    Raises:
        ConfigError: there is no such cluster, or nothing in it has such resources.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    # A run without GPUs sees those that there are, as anywhere else.
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    on_terminate = signal.getsignal(signal.SIGTERM)
    try:
        ray.init(include_dashboard=False, log_to_driver=False, logging_level="error", **init)
    except (ConnectionError, ValueError) as error:
        raise ConfigError(f"hydra.launcher.address={init.get('address')}: {error}") from error
    signal.signal(signal.SIGTERM, on_terminate)  # Ray's would abort us
    try:
        progress = SweepProgress(jobs, "handed in", note)
        return _run(ray, jobs, resources.asked_of(ray.nodes()), progress)
    finally:
        ray.shutdown()


def _run(
    ray: Any,
    jobs: Sequence[SweepJob],
    resources: Mapping[str, float],
    progress: SweepProgress,
) -> list[Outcome]:
    task = ray.remote(max_retries=0, **resources)(run_one)
    waiting = {task.remote(job): number for number, job in enumerate(jobs)}
    outcomes: dict[int, Outcome] = {}
    for number in waiting.values():
        progress.started(number)
    try:
        while waiting:
            (reference,), _ = ray.wait(list(waiting), num_returns=1)
            number = waiting.pop(reference)
            outcomes[number] = _outcome(ray, reference, jobs[number])
            progress.ended(number, outcomes[number])
    except KeyboardInterrupt:
        for reference in waiting:
            ray.cancel(reference)
        ray.wait(list(waiting), num_returns=len(waiting))
        raise
    return [outcomes[number] for number in range(len(jobs))]


def run_one(job: SweepJob) -> Outcome:
    """Run a job here, in a process of its own."""
    (outcome,) = run_jobs([job], [{}])
    return outcome


def _outcome(ray: Any, reference: Any, job: SweepJob) -> Outcome:
    try:
        outcome: Outcome = ray.get(reference)
    except ray.exceptions.RayError as error:  # the worker or its machine is gone
        reason = f"{type(error).__name__}: {error}".strip().partition("\n")[0]
        return Outcome(State.CRASH, reason, job.log)
    return outcome
