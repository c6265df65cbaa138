"""A Hydra launcher on Ray: a local cluster, or one that an address names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from anomaly_fas.sweeps.launcher import JobLauncher, need

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anomaly_fas.runs.outcome import Note, Outcome
    from anomaly_fas.sweeps.job import SweepJob


class RayLauncher(JobLauncher):
    """Runs each job as a process inside a Ray task; the machines must share their files.

    Args:
        num_cpus: of each run.
        num_gpus: of each run; Ray says which. None: `devices` of them, if the cluster has any.
        devices: of each run; one that takes all it sees (`auto`) is given one.
        accelerator: `cpu` leaves GPUs alone.
        address: of a cluster, None for one that lasts as long as the sweep.
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
        self._ray: Any = need("ray", extra="ray")
        self._cpus, self._gpus = num_cpus, num_gpus
        if num_gpus is None and accelerator == "cpu":
            self._gpus = 0
        self._devices = devices if isinstance(devices, int) else 1
        self._init = {"address": address} | dict(init or {})

    def run(self, jobs: Sequence[SweepJob], note: Note) -> list[Outcome]:
        """Run all jobs, as many at a time as the cluster has room for."""
        from anomaly_fas.sweeps.ray import Resources, run_on_ray

        resources = Resources(self._cpus, self._gpus, self._devices)
        return run_on_ray(self._ray, jobs, resources, self._init, note)
