"""Run a sweep's jobs on this machine, which they share: its GPUs, or else its cores."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from anomaly_fas.errors import ConfigError
from anomaly_fas.sweeps.job import SweepJob
from anomaly_fas.sweeps.launcher import JobLauncher
from anomaly_fas.sweeps.process import run_jobs
from anomaly_fas.sweeps.summary import SweepProgress

_THREADS: Final = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
"""Environment variables that set the number of threads of libraries."""


@dataclass(eq=False)
class LocalLauncher(JobLauncher):
    """Run each job in a process; none can stop another, not even by being killed.

    Args:
        jobs: at a time; `auto` is one for each GPU (or group of `devices`), else for each core.
            None is one, with the whole machine and its output on the screen.
        devices: of each run; a run that takes all it sees (`auto`) is shown one.
        accelerator: `cpu` leaves GPUs alone.
    """

    jobs: int | Literal["auto"] | None = "auto"
    devices: int | str = 1
    accelerator: str = "auto"

    def run(self, jobs: Sequence[SweepJob], progress: SweepProgress) -> None:
        """Run all jobs, as many at a time as there are devices."""
        if self.jobs is None:
            run_jobs(jobs, [{}], progress, show_output=True)
        else:
            run_jobs(jobs, of_machine(self.jobs, self.devices, self.accelerator), progress)


def slots(
    jobs: int | Literal["auto"], devices: int, gpus: list[str], cores: int
) -> list[dict[str, str]]:
    """Return environment variables for each run at a time; threads that are set already stay.

    Args:
        jobs: runs at a time; `auto` is one for each (group of) GPU, else one for each core.
        devices: GPUs of a run.
        gpus: GPUs to hand out; empty for runs on the CPU.
        cores: processor cores to share.

    Raises:
        ConfigError: a run wants more GPUs than there are, or a number is out of range.
    """
    if devices < 1 or (jobs != "auto" and jobs < 1):
        raise ConfigError(f"jobs={jobs} and devices={devices}: both must be at least 1")
    if gpus and devices > len(gpus):
        raise ConfigError(
            f"a run wants {devices} GPUs and there are {len(gpus)}: lower `runtime.devices`"
        )
    groups = [gpus[at : at + devices] for at in range(0, len(gpus) - devices + 1, devices)]
    at_a_time = (len(groups) or max(1, cores // devices)) if jobs == "auto" else jobs
    threads = str(max(1, cores // (at_a_time * devices)))
    unset = [name for name in _THREADS if name not in os.environ]
    shares = [dict.fromkeys(unset, threads) for _ in range(at_a_time)]
    for number, share in enumerate(shares if groups else []):
        share["CUDA_VISIBLE_DEVICES"] = ",".join(groups[number % len(groups)])
    return shares


def of_machine(
    jobs: int | Literal["auto"], devices: int | str, accelerator: str
) -> list[dict[str, str]]:
    """Return the `slots` of this machine; a run with `devices=auto` gets one GPU."""
    gpus = [] if accelerator == "cpu" else _visible_gpus()
    return slots(jobs, devices if isinstance(devices, int) else 1, gpus, usable_cores())


def _visible_gpus() -> list[str]:
    """Return the value of CUDA_VISIBLE_DEVICES for each GPU that this process may use."""
    import torch

    count = torch.cuda.device_count()
    named = os.environ.get("CUDA_VISIBLE_DEVICES")
    return named.split(",")[:count] if named else [str(number) for number in range(count)]


def usable_cores() -> int:
    """Count the processor cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
