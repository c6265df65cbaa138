"""Run a sweep's jobs on a cluster by way of submitit: SLURM, or processes of this machine."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, Literal

from anomaly_fas.errors import ConfigError
from anomaly_fas.runs.outcome import Outcome, State
from anomaly_fas.sweeps.job import SweepJob
from anomaly_fas.sweeps.launcher import JobLauncher, need
from anomaly_fas.sweeps.process import run_job
from anomaly_fas.sweeps.summary import SweepProgress

_POLL: Final = 0.5  # seconds between looks at the jobs; submitit asks the cluster itself less often


class ResumableTask:
    """Run a job in a process of its own; the tasks of one cluster job are the run's ranks."""

    def __call__(self, job: SweepJob) -> Outcome:
        """Run the job."""
        import submitit

        rank = submitit.JobEnvironment().global_rank
        return run_job(replace(job, log=job.log.with_suffix(f".{rank}.log")) if rank else job)

    def checkpoint(self, job: SweepJob) -> Any:
        """Hand in the same job again when the time is up: runs resume."""
        import submitit

        return submitit.helpers.DelayedSubmission(self, job)


class SubmititLauncher(JobLauncher):
    """Hand in every job and wait for all of them; the machines must share their files.

    Args:
        cluster: `slurm`, or `local` to try it out.
        folder: folder for submitit's own files.
        max_num_timeout: how often a job that ran out of time is handed in again, and resumes.
        parameters: submitit's further parameters; SLURM's own begin with `slurm_`.
        devices: devices of each run on each node; each is a task, and a GPU but for `accelerator`.
        accelerator: `cpu` asks for no GPUs.

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
        submitit = need("submitit", extra="slurm")
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

    def run(self, jobs: Sequence[SweepJob], progress: SweepProgress) -> None:
        """Hand in all jobs and wait for them; when interrupted, cancel those that are left."""
        waiting = dict(enumerate(self._executor.map_array(ResumableTask(), jobs)))
        for number in waiting:
            progress.started(number, "handed in")
        try:
            while waiting:
                time.sleep(_POLL)
                for number in [number for number, task in waiting.items() if task.done()]:
                    progress.ended(number, _outcome(waiting.pop(number), jobs[number]))
        finally:
            for task in waiting.values():
                task.cancel(check=False)


def _outcome(task: Any, job: SweepJob) -> Outcome:
    """Return the outcome of the first rank that failed, or else of the first rank."""
    try:
        ranks: list[Outcome] = task.results()
    except Exception as error:  # of any kind: whatever the cluster did to the task
        reason = next((line for line in reversed(str(error).splitlines()) if line.strip()), "")
        return Outcome(State.CRASH, f"{type(error).__name__}: {reason}", job.log)
    return next((outcome for outcome in ranks if outcome.is_failure), ranks[0])
