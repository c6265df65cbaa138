"""Runs of a sweep as jobs of a cluster, by way of submitit."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from anomaly_fas.runs.outcome import Outcome, State
from anomaly_fas.sweeps.process import run_jobs
from anomaly_fas.sweeps.progress import SweepProgress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anomaly_fas.runs.outcome import Note
    from anomaly_fas.sweeps.job import SweepJob

_POLL: Final = 0.5
"""Seconds between looks at the jobs; submitit asks the cluster itself less often."""


class ResumableTask:
    """What each task of a cluster's job does: it runs the job in a process of its own.

    The tasks of one job are its ranks; Lightning knows each by what SLURM put into its environment.
    """

    def __call__(self, job: SweepJob) -> Outcome:
        """Run the job."""
        import submitit

        rank = submitit.JobEnvironment().global_rank
        own = replace(job, log=job.log.with_suffix(f".{rank}.log")) if rank else job
        (outcome,) = run_jobs([own], [{}])
        return outcome

    def checkpoint(self, job: SweepJob) -> Any:
        """What submitit hands in again when the time is up: the same, since runs resume."""
        import submitit

        return submitit.helpers.DelayedSubmission(self, job)


def run_on_cluster(executor: Any, jobs: Sequence[SweepJob], note: Note) -> list[Outcome]:
    """Hand in all jobs and wait for them; when interrupted, cancel those that are left.

    Args:
        executor: submitit's.
        jobs: the runs.
        note: is told of each that has ended.
    """
    progress = SweepProgress(jobs, "handed in", note)
    submitted = executor.map_array(ResumableTask(), jobs)
    for number in range(len(jobs)):
        progress.started(number)
    outcomes: dict[int, Outcome] = {}
    try:
        while len(outcomes) < len(jobs):
            time.sleep(_POLL)
            for number, task in enumerate(submitted):
                if number not in outcomes and task.done():
                    outcomes[number] = _outcome(task, jobs[number])
                    progress.ended(number, outcomes[number])
    finally:
        for number, task in enumerate(submitted):
            if number not in outcomes:
                task.cancel(check=False)
    return [outcomes[number] for number in range(len(jobs))]


def _outcome(task: Any, job: SweepJob) -> Outcome:
    """That of the first rank that failed, or else of the first."""
    try:
        ranks: list[Outcome] = task.results()
    except Exception as error:  # of any kind: whatever the cluster did to the task
        reason = next((line for line in reversed(str(error).splitlines()) if line.strip()), "")
        return Outcome(State.CRASH, f"{type(error).__name__}: {reason}", job.log)
    return next((outcome for outcome in ranks if outcome.is_failure), ranks[0])
