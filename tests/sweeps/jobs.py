"""Jobs that cost nothing: what stands for a run in tests of sweeps is a line of Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from omegaconf import OmegaConf

from anomaly_fas.runs.outcome import Outcome, State, of_error
from anomaly_fas.sweeps.job import SweepJob

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from omegaconf import DictConfig

    from anomaly_fas.sweeps.summary import SweepProgress


def job(folder: Path, name: str, code: str) -> SweepJob:
    return SweepJob(
        arguments=("-c", code),
        folder=folder,
        log=folder / "logs" / f"{name}.log",
        label=f"name={name}",
    )


def reporting(code: str) -> str:
    """The code as a command runs it: an error is reported to the process that started it."""
    return (
        "from anomaly_fas.errors import *\n"
        "from anomaly_fas.runs.outcome import of_error, report\n"
        f"try:\n    {code}\n"
        "except Exception as error:\n    report(of_error(error)); raise"
    )


def in_this_process(task: Callable[[DictConfig], None]) -> Callable[..., None]:
    """What takes the place of `run_jobs`: calls the task with each job's saved config."""

    def run_jobs(
        jobs: Sequence[SweepJob], slots: object, progress: SweepProgress, **_: Any
    ) -> None:
        for number, each in enumerate(jobs):
            progress.started(number)
            config: Any = OmegaConf.load(each.log.with_suffix(".yaml"))
            try:
                task(config)
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                progress.ended(number, of_error(error, each.log))
            else:
                progress.ended(number, Outcome(State.FINISHED, log=each.log))

    return run_jobs
