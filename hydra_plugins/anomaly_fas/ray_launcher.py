"""A Hydra launcher on Ray: a local cluster, or one that an address names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from anomaly_fas.commands.sweep_launcher import JobLauncher, need

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anomaly_fas.commands.outcome import Outcome
    from anomaly_fas.commands.sweep_job import SweepJob


class RayLauncher(JobLauncher):
    """Runs each job as a process inside a Ray task; the machines must share their files.

    Args:
        num_cpus: of each run.
        num_gpus: of each run; Ray says which.
        address: of a cluster, None for one that lasts as long as the sweep.
        init: further arguments of `ray.init`.
    """

    def __init__(
        self,
        num_cpus: float = 1,
        num_gpus: float = 0,
        address: str | None = None,
        init: dict[str, Any] | None = None,
    ) -> None:
        self._ray: Any = need("ray", extra="ray")
        self._resources = {"num_cpus": num_cpus, "num_gpus": num_gpus}
        self._init = {"address": address} | dict(init or {})

    def run(self, jobs: Sequence[SweepJob]) -> list[Outcome]:
        """Run all jobs, as many at a time as the cluster has room for."""
        from anomaly_fas.commands.sweep_ray import run_on_ray

        return run_on_ray(self._ray, jobs, self._resources, self._init)
