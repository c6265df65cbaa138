"""Run a sweep's jobs on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from anomaly_fas.sweeps import slots
from anomaly_fas.sweeps.launcher import JobLauncher
from anomaly_fas.sweeps.process import run_jobs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anomaly_fas.sweeps.job import SweepJob
    from anomaly_fas.sweeps.summary import SweepProgress


class LocalLauncher(JobLauncher):
    """Run each job in a process; none can stop another, not even by being killed.

    Args:
        jobs: at a time; `auto` is one for each GPU (or group of `devices`), else for each core.
            None is one, with the whole machine and its output on the screen.
        devices: of each run; a run that takes all it sees (`auto`) is shown one.
        accelerator: `cpu` leaves GPUs alone.
    """

    def __init__(
        self,
        jobs: int | Literal["auto"] | None = "auto",
        devices: int | str = 1,
        accelerator: str = "auto",
    ) -> None:
        self._jobs = jobs
        self._devices = devices
        self._accelerator = accelerator

    def run(self, jobs: Sequence[SweepJob], progress: SweepProgress) -> None:
        """Run all jobs, as many at a time as there are devices."""
        if self._jobs is None:
            run_jobs(jobs, [{}], progress, show_output=True)
        else:
            run_jobs(jobs, slots.of_machine(self._jobs, self._devices, self._accelerator), progress)
