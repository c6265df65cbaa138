"""Runs of a sweep in processes of their own, some of them at a time."""

from __future__ import annotations

import fcntl
import logging
import os
import shlex
import signal
import subprocess
import sys
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from anomaly_fas.errors import RunError
from anomaly_fas.runs.orphan import PARENT
from anomaly_fas.runs.outcome import BUSY, Outcome, of_error, of_process

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from anomaly_fas.sweeps.job import SweepJob
    from anomaly_fas.sweeps.progress import SweepProgress

_log = logging.getLogger(__name__)

_POLL: Final = 0.05
"""Seconds between looks at the processes."""


def _opened(path: Path) -> TextIO:
    """A log file, emptied; or one beside it while a run of another sweep writes to it.

    That may be one that was killed, whose runs are still saving and ending. The lock is the open
    file's, and with it that of the process whose output it is.
    """
    log = path.open("a", encoding="utf-8")
    try:
        fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        log.close()
        return path.with_name(f"{path.stem}-{os.getpid()}{path.suffix}").open("w", encoding="utf-8")
    except OSError as error:  # a file system without locks
        _log.warning("%s cannot be locked (%s): run a sweep once at a time", path, error.strerror)
    log.truncate(0)
    return log


class JobProcess:
    """A run in progress, with its output in a file.

    It and what it starts are a process group: Ctrl-C at a terminal reaches them through us alone.

    Args:
        job: the run.
        environment: what is changed for it.

    Raises:
        RunError: it cannot be started.
    """

    def __init__(self, job: SweepJob, environment: Mapping[str, str]) -> None:
        self._job = job
        command = [sys.executable, *job.arguments]
        settings = [f"{name}={value}" for name, value in environment.items()]
        try:
            job.log.parent.mkdir(parents=True, exist_ok=True)
            with _opened(job.log) as log:
                self._log = Path(log.name)
                print("#", shlex.join([*settings, *command]), file=log, flush=True)
                self._process = subprocess.Popen(
                    command,
                    cwd=job.folder,
                    env={**os.environ, **environment, PARENT: str(os.getpid())},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    process_group=0,
                )
        except OSError as error:
            raise RunError(f"no process with its output in {job.log}: {error}") from error

    def outcome(self) -> Outcome | None:
        """What became of it, None as long as it runs."""
        code = self._process.poll()
        if code is None:
            return None
        if code:  # ranks of a run that was killed would wait for it for ever
            self.kill()
        self._settle(code)
        return of_process(code, self._job.log)

    def stop(self) -> None:
        """Tell it to save and end; it sees to its ranks. Ctrl-C is ignored in a background job."""
        self._process.terminate()

    def kill(self) -> None:
        """End it and what it has started."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def wait(self) -> None:
        """Wait until it has ended."""
        self._settle(self._process.wait())

    def _settle(self, code: int) -> None:
        """A log beside that of the job takes its place, unless another process has the run."""
        if self._log != self._job.log and self._log.exists():
            if code == BUSY:
                self._log.unlink()
            else:
                self._log.replace(self._job.log)


def run_jobs(
    jobs: Sequence[SweepJob],
    slots: Iterable[Mapping[str, str]],
    progress: SweepProgress | None = None,
) -> list[Outcome]:
    """Run all jobs, as many at a time as there are slots.

    However it is left, no run is in progress any more: those that were have been told to save and
    end, and a second Ctrl-C while we wait for that kills them.

    Args:
        jobs: in the order in which they are begun.
        slots: for each job at a time the environment that it gets: its device, its threads.
        progress: told of each beginning and end.

    Returns:
        An outcome for each job.
    """
    waiting = deque(range(len(jobs)))
    free = deque(slots)
    running: dict[int, tuple[JobProcess, Mapping[str, str]]] = {}
    outcomes: dict[int, Outcome] = {}

    def ended(number: int, outcome: Outcome) -> None:
        outcomes[number] = outcome
        if progress:
            progress.ended(number, outcome)

    try:
        while waiting or running:
            while waiting and free:
                number = waiting.popleft()
                if progress:
                    progress.started(number)
                try:
                    process = JobProcess(jobs[number], free[0])
                except RunError as error:
                    ended(number, of_error(error))
                else:
                    running[number] = process, free.popleft()
            time.sleep(_POLL)
            for number, (process, slot) in list(running.items()):
                outcome = process.outcome()
                if outcome is not None:
                    del running[number]
                    free.append(slot)
                    ended(number, outcome)
    finally:
        _stop([process for process, _ in running.values()])
    return [outcomes[number] for number in range(len(jobs))]


def _stop(processes: Sequence[JobProcess]) -> None:
    for process in processes:
        process.stop()
    try:
        for process in processes:
            process.wait()
    finally:
        for process in processes:
            process.kill()
