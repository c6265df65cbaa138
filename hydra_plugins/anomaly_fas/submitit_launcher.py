"""A Hydra launcher on submitit: SLURM, or processes of this machine in its stead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from anomaly_fas.errors import ConfigError
from anomaly_fas.sweeps.launcher import JobLauncher, need

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anomaly_fas.runs.outcome import Note, Outcome
    from anomaly_fas.sweeps.job import SweepJob


class SubmititLauncher(JobLauncher):
    """Hands every job in and waits for all of them; the machines must share their files.

    Args:
        cluster: `slurm`, or `local` to try it out.
        folder: for submitit's own files.
        max_num_timeout: how often a job that ran out of time is handed in again, and resumes.
        devices: of each run on each node; each is a task, and a GPU but for `accelerator`.
        accelerator: `cpu` asks for no GPUs.
        parameters: what else to ask for, in submitit's words; SLURM's own begin with `slurm_`.

    Raises:
        ConfigError: submitit is not installed, or `devices` is no number.
    """

    def __init__(
        self,
        cluster: Literal["slurm", "local"],
        folder: str,
        max_num_timeout: int,
        parameters: dict[str, Any],
        devices: int | str = 1,
        accelerator: str = "auto",
    ) -> None:
        submitit: Any = need("submitit", extra="slurm")
        limits = {f"{cluster}_max_num_timeout": max_num_timeout}
        if not isinstance(devices, int):
            raise ConfigError(
                f"runtime.devices={devices}: a cluster is asked for a number, runtime.devices=N"
            )
        asked = {"gpus_per_node": 0 if accelerator == "cpu" else devices, "tasks_per_node": devices}
        # Without SLURM nothing tells tasks apart: the one starts its ranks, as outside a sweep.
        tasks = {"tasks_per_node": 1} if cluster == "local" else {}
        self._executor = submitit.AutoExecutor(folder, cluster, **limits)
        self._executor.update_parameters(**{**asked, **parameters, **tasks})

    def run(self, jobs: Sequence[SweepJob], note: Note) -> list[Outcome]:
        """Run all jobs, as many at a time as the cluster lets us."""
        from anomaly_fas.sweeps.submitit import run_on_cluster

        return run_on_cluster(self._executor, jobs, note)
