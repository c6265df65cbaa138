"""A subcommand's task as Hydra calls it: once for a run, or once for each run of a sweep."""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import suppress
from functools import update_wrapper
from typing import TYPE_CHECKING

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import OmegaConf

from anomaly_fas.files import atomic_path
from anomaly_fas.runs.outcome import (
    BUSY,
    MISTAKE,
    Outcome,
    State,
    is_busy,
    mistake,
    of_error,
)
from anomaly_fas.runs.value_types import check_value_types
from anomaly_fas.sweeps.job import save_job
from anomaly_fas.sweeps.process import run_jobs
from anomaly_fas.sweeps.progress import SweepProgress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from omegaconf import DictConfig

    from anomaly_fas.runs.outcome import Note
    from anomaly_fas.sweeps.job import SweepJob


class Command:
    """Runs the task; what went wrong becomes a message, or an outcome for the sweep's summary.

    Args:
        task: what is run.
        command_line: the program, the words that name the command, its arguments.
        words: how many words.
        is_finished: whether a run need not be made any more.
        place: where a run's results go, if several configs may come to one and the same run.

    Attributes:
        exit_code: of what has been run so far.
        note: is told of each run of a sweep that has ended, by its number in the sweep.
    """

    def __init__(
        self,
        task: Callable[[DictConfig], None],
        command_line: Sequence[str],
        words: int,
        is_finished: Callable[[DictConfig], bool] | None = None,
        place: Callable[[DictConfig], Path | None] | None = None,
    ) -> None:
        self._task = task
        self._command_line = list(command_line)
        self.words = self._command_line[1 : 1 + words]
        self._is_finished = is_finished
        self.place = place
        self.exit_code = 0
        self.note: Note = lambda number, outcome: None
        update_wrapper(self, task)  # Hydra asks it for its module

    def __call__(self, config: DictConfig) -> Outcome | None:
        """Run the task with a config."""
        try:
            if HydraConfig.get().mode is RunMode.MULTIRUN:
                outcome = self._one_of_a_sweep(config)
                self.note(HydraConfig.get().job.num, outcome)
                return outcome
            self._alone(config)
        except BrokenPipeError:  # the reader of our output, such as `head`, has had enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
        return None

    @property
    def tells_finished(self) -> bool:
        """Whether runs that need not be made any more are told from others."""
        return self._is_finished is not None

    def is_finished(self, config: DictConfig) -> bool:
        """Whether the run of a config need not be made any more, as far as can be told."""
        if self._is_finished is not None:
            with suppress(Exception):  # the run meets the same error, and says so
                return self._is_finished(config)
        return False

    def _alone(self, config: DictConfig) -> None:
        sys.argv = list(self._command_line)  # Lightning starts its other processes from it
        try:
            check_value_types(config)
            self._task(config)
        except Exception as error:
            message = mistake(error)
            if message is None:
                raise
            self.exit_code = BUSY if is_busy(error) else MISTAKE
            print(f"error: {message}", file=sys.stderr)

    def _one_of_a_sweep(self, config: DictConfig) -> Outcome:
        if self.is_finished(config):  # since the sweep began, by another process
            return Outcome(State.ALREADY)
        job = save_job(config, HydraConfig.get(), self.words)
        # When a rank fails, Lightning kills the process that started it: not that of the sweep.
        if OmegaConf.select(config, "runtime.devices", default=1) != 1:
            return run_jobs([job], [{}], SweepProgress([job]))[0]
        sys.argv = [self._command_line[0], *job.arguments[2:]]  # as if it had been started alone
        try:
            self._task(config)
        except (BrokenPipeError, KeyboardInterrupt):
            raise
        except BaseException as error:  # SystemExit, too: it is to end this run alone
            # Another sweep's process, which is at this run, writes to that log.
            outcome = of_error(error, None if is_busy(error) else _write_traceback(job))
            if outcome.is_failure:
                self.exit_code = MISTAKE
            print(f"error: {mistake(error) or outcome.reason}", file=sys.stderr)
            return outcome
        return Outcome(State.FINISHED)


def _write_traceback(job: SweepJob) -> Path:
    with atomic_path(job.log) as temporary:
        temporary.write_text(traceback.format_exc(), encoding="utf-8")
    return job.log
