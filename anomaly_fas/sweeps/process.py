"""Run the jobs of a sweep in processes of their own, some of them at a time."""

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
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, TextIO

from anomaly_fas.errors import RunError
from anomaly_fas.interruption import PARENT
from anomaly_fas.runs.outcome import REPORT, Outcome, State, of_error, of_process
from anomaly_fas.sweeps.job import SweepJob
from anomaly_fas.sweeps.summary import SweepProgress

_log = logging.getLogger(__name__)

_POLL: Final = 0.05  # seconds between looks at the processes


def _opened(path: Path) -> TextIO:
    """Open and empty a log file, or one beside it while a run of another sweep writes to it.

    The lock is the open file's, and with it that of the process whose output it is.
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
    """Process of a run, with its output in a file and its `outcome.json` beside that.

    It and its children are a process group: Ctrl-C at a terminal reaches them through us alone.

    Args:
        job: run to start.
        environment: variables that are set for it.

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
                report = _outcome_file(self._log).absolute()
                report.unlink(missing_ok=True)
                print("#", shlex.join([*settings, *command]), file=log, flush=True)
                self._shown = log.tell()
                self._process = subprocess.Popen(
                    command,
                    cwd=job.folder,
                    env={
                        **os.environ,
                        **environment,
                        PARENT: str(os.getpid()),
                        REPORT: str(report),
                    },
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    process_group=0,
                )
        except OSError as error:
            raise RunError(f"no process with its output in {job.log}: {error}") from error

    @property
    def has_ended(self) -> bool:
        """Whether the process has ended."""
        return self._process.poll() is not None

    def outcome(self) -> Outcome:
        """Wait for the end of the process and return the outcome."""
        code = self._process.wait()
        if code:  # ranks of a run that was killed would wait for it for ever
            self.kill()
        return self._settle(code)

    def stop(self) -> None:
        """Ask the process to save and end; background jobs ignore Ctrl-C."""
        self._process.terminate()

    def kill(self) -> None:
        """Kill the process and its children."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def show_output(self) -> None:
        """Copy to the screen what has been added to the log."""
        with suppress(FileNotFoundError), self._log.open("rb") as log:
            log.seek(self._shown)
            lines = log.read()
            lines = lines[: lines.rfind(b"\n") + 1]
            self._shown += len(lines)
            sys.stderr.write(lines.decode(errors="replace"))
            sys.stderr.flush()

    def _settle(self, code: int) -> Outcome:
        """Keep the outcome, and the log in the job's place unless another process has the run."""
        report = _outcome_file(self._log)
        outcome = of_process(code, report, self._job.log)
        if self._log != self._job.log and self._log.exists():
            if outcome.state is State.ELSEWHERE:
                self._log.unlink()
                report.unlink(missing_ok=True)
            else:
                self._log.replace(self._job.log)
                report.replace(_outcome_file(self._job.log))
        return outcome


def _outcome_file(log: Path) -> Path:
    return log.with_suffix(".outcome.json")


def run_job(job: SweepJob) -> Outcome:
    """Run one job with the machine as it is, and wait for it."""
    (outcome,) = run_jobs([job], [{}])
    return outcome


def run_jobs(
    jobs: Sequence[SweepJob],
    slots: Iterable[Mapping[str, str]],
    progress: SweepProgress | None = None,
    *,
    show_output: bool = False,
) -> list[Outcome]:
    """Run all jobs, as many at a time as there are slots, and return an outcome for each.

    When this is interrupted, the runs in progress save and end first; a second Ctrl-C kills them.

    Args:
        jobs: jobs in the order in which they start.
        slots: environment variables of each job at a time, such as its device and threads.
        progress: notified of each beginning and end.
        show_output: whether the jobs' output is shown as well as logged.
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
                has_ended = process.has_ended
                if show_output:
                    process.show_output()
                if has_ended:
                    del running[number]
                    free.append(slot)
                    ended(number, process.outcome())
    finally:
        _stop([process for process, _ in running.values()])
    return [outcomes[number] for number in range(len(jobs))]


def _stop(processes: Sequence[JobProcess]) -> None:
    for process in processes:
        process.stop()
    try:
        for process in processes:
            process.outcome()
    finally:
        for process in processes:
            process.kill()
