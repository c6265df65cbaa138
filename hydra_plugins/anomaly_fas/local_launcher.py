"""A Hydra launcher: several runs at a time on this machine, each on a device of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from anomaly_fas.sweeps.launcher import JobLauncher

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anomaly_fas.runs.outcome import Note, Outcome
    from anomaly_fas.sweeps.job import SweepJob


class LocalLauncher(JobLauncher):
    """Runs each job in a process; none can stop another, not even by being killed.

    Args:
        jobs: at a time; `auto` is one for each GPU (or group of `devices`), else for each core.
        devices: of each run; a run that takes all it sees (`auto`) is shown one.
        accelerator: `cpu` leaves GPUs alone.
    """

    def __init__(
        self,
        jobs: int | Literal["auto"] = "auto",
        devices: int | str = 1,
        accelerator: str = "auto",
    ) -> None:
        self._jobs = jobs
        self._devices = devices if isinstance(devices, int) else 1
        self._on_cpu = accelerator == "cpu"

    def run(self, jobs: Sequence[SweepJob], note: Note) -> list[Outcome]:
        """Run all jobs, as many at a time as there are devices."""
        from anomaly_fas.sweeps.process import run_jobs
        from anomaly_fas.sweeps.progress import SweepProgress
        from anomaly_fas.sweeps.slots import slots, usable_cores, visible_gpus

        gpus = [] if self._on_cpu else visible_gpus()
        free = slots(self._jobs, self._devices, gpus, usable_cores())
        return run_jobs(jobs, free, SweepProgress(jobs, note=note))
