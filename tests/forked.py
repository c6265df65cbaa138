"""`anomaly-fas` in processes forked from one that has imported everything: seconds less each."""

from __future__ import annotations

import json
import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from multiprocessing import reduction
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final
from unittest import mock

import torch

from anomaly_fas.interruption import ENDING, PARENT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection
    from typing import TextIO

_LAUNCHERS_SUBPROCESS: Final = "lightning.pytorch.strategies.launchers.subprocess_script.subprocess"
_SWEEPS_SUBPROCESS: Final = "anomaly_fas.sweeps.process.subprocess"

SERVER: Final = multiprocessing.get_context("forkserver")
"""Starts processes that have imported everything from their first moment."""

SERVER.set_forkserver_preload(
    [
        __name__,
        "anomaly_fas.runs.build",
        "anomaly_fas.sweeps.process",
        "anomaly_fas.callbacks.figures",
        "timm",
        "pyarrow",
    ]
)


class Command:
    """A command that runs, in a session of its own.

    Args:
        arguments: of the command line.
        cwd: where it runs.
        output: takes what it prints.
        errors: takes what it prints to standard error; the same file as `output` if None.
        prepare: called in the process first.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        cwd: Path,
        output: Path,
        errors: Path | None = None,
        prepare: Callable[[], None] | None = None,
    ) -> None:
        self._process: Any = SERVER.Process(
            target=_command, args=(list(arguments), cwd, output, errors, dict(os.environ), prepare)
        )
        self._process.start()
        self.pid: int = self._process.pid

    def wait(self, within: float | None = None) -> int | None:
        """The exit code, None if it runs longer than so many seconds."""
        self._process.join(within)
        code: int | None = self._process.exitcode
        return code

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)


def run(
    arguments: Sequence[str], cwd: Path, within: float | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command until it ends: its exit code and what it printed.

    Raises:
        subprocess.TimeoutExpired: it ran longer than so many seconds.
    """
    with tempfile.TemporaryDirectory() as place:
        output, errors = Path(place) / "output", Path(place) / "errors"
        command = Command(arguments, cwd, output, errors)
        code = command.wait(within)
        if code is None:
            command.send(signal.SIGKILL)
            command.wait()
            raise subprocess.TimeoutExpired(list(arguments), within or 0.0)
        said = [path.read_text() if path.exists() else "" for path in (output, errors)]
    return subprocess.CompletedProcess(list(arguments), code, *said)


def _command(
    arguments: list[str],
    cwd: Path,
    output: Path,
    errors: Path | None,
    variables: dict[str, str],
    prepare: Callable[[], None] | None,
) -> None:
    os.setsid()
    _enter(cwd, variables)
    for descriptor, path in ((1, output), (2, errors)):
        if path is None:
            os.dup2(1, descriptor)
        else:
            with path.open("w") as file:
                os.dup2(file.fileno(), descriptor)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    multiprocessing.set_start_method("fork", force=True)  # as in a process made from scratch
    torch.set_num_threads(1)
    if prepare is not None:
        prepare()
    popen = SimpleNamespace(Popen=SweepJobs().start, DEVNULL=None, STDOUT=None)
    with mock.patch(_SWEEPS_SUBPROCESS, popen):
        _run_with_ranks(arguments)


def _enter(cwd: Path | str, variables: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(variables)
    os.chdir(cwd)


def _run_with_ranks(arguments: list[str]) -> None:
    if "runtime.devices=2" in arguments:
        with mock.patch(_LAUNCHERS_SUBPROCESS, SimpleNamespace(Popen=SecondRank().start)):
            _run(arguments)
    else:
        _run(arguments)


def _run(arguments: Sequence[str]) -> None:
    sys.argv = ["anomaly-fas", *arguments]
    # As `python -m anomaly_fas`, so that it can start itself again for several processes.
    runpy.run_module("anomaly_fas", run_name="__main__", alter_sys=True)


class SecondRank:
    """The second process of a run, a child of the first that waits until it is started.

    Forked before the first has begun anything, so that it has no more of it than a process made
    from scratch would.
    """

    def __init__(self) -> None:
        reading, self._writing = os.pipe()
        self.pid = os.fork()
        self.returncode: int | None = None
        self._one_at_a_time = threading.Lock()  # Lightning asks from a thread of its own
        if self.pid == 0:
            os.close(self._writing)
            self._wait_and_run(reading)
        os.close(reading)

    def start(self, command: Sequence[str], env: dict[str, str], cwd: str | None) -> SecondRank:
        """Begin, as `subprocess.Popen` would."""
        os.write(self._writing, json.dumps([list(command), env, cwd or "."]).encode())
        os.close(self._writing)
        return self

    def poll(self) -> int | None:
        """The exit code, None while it runs."""
        with self._one_at_a_time:
            self._look()
        return self.returncode

    def _look(self) -> None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if pid else None

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    @staticmethod
    def _wait_and_run(reading: int) -> None:
        with os.fdopen(reading) as pipe:
            said = pipe.read()
        if not said:  # the first process ended without a second one
            os._exit(0)
        command, variables, cwd = json.loads(said)
        _enter(cwd, variables)
        _, _, _, *arguments = command  # python -m anomaly_fas
        _run(arguments)
        sys.exit()


class SweepJobs:
    """Starts the jobs of a sweep, forked from a process that the sweep itself has not touched."""

    def __init__(self) -> None:
        self._connection, other = multiprocessing.Pipe()
        self._server = os.fork()
        self._exit_codes: dict[int, int | None] = {}
        if self._server == 0:
            self._connection.close()
            _serve_jobs(other)
        other.close()

    def start(
        self, command: Sequence[str], *, cwd: Path, env: dict[str, str], stdout: TextIO, **_: object
    ) -> SweepJob:
        """Begin a job, as `subprocess.Popen` would."""
        self._connection.send((command, cwd, env | {PARENT: str(self._server)}))
        reduction.send_handle(self._connection, stdout.fileno(), self._server)
        pid, code = self._receive()
        while code is not None:  # of a job that has ended meanwhile
            pid, code = self._receive()
        return SweepJob(self, pid)

    def exit_code(self, pid: int, within: float | None) -> int | None:
        """Return the exit code of a job, None if it runs longer than so many seconds."""
        while self._exit_codes[pid] is None and self._connection.poll(within):
            self._receive()
        return self._exit_codes[pid]

    def _receive(self) -> tuple[int, int | None]:
        pid, code = self._connection.recv()
        self._exit_codes[pid] = code
        return pid, code


class SweepJob:
    """A job of a sweep, with what the sweep uses of `subprocess.Popen`."""

    def __init__(self, jobs: SweepJobs, pid: int) -> None:
        self._jobs = jobs
        self.pid = pid

    def poll(self) -> int | None:
        """The exit code, None while it runs."""
        return self._jobs.exit_code(self.pid, 0)

    def wait(self) -> int | None:
        """The exit code, once it has ended."""
        return self._jobs.exit_code(self.pid, None)

    def terminate(self) -> None:
        """Send it SIGTERM, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGTERM)


def _serve_jobs(connection: Connection) -> None:
    """Fork a job for each request, and report each process identifier and exit code."""
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)
    while True:
        if connection.poll(0.02):
            try:
                (_, _, _, *arguments), cwd, variables = connection.recv()  # python -m anomaly_fas
            except EOFError:  # the sweep has ended
                os._exit(0)
            output = reduction.recv_handle(connection)
            pid = os.fork()
            if pid == 0:
                connection.close()
                _run_job(arguments, cwd, variables, output)
            os.close(output)
            connection.send((pid, None))
        with suppress(ChildProcessError):
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid:
                connection.send((pid, os.waitstatus_to_exitcode(status)))


def _run_job(arguments: list[str], cwd: Path, variables: dict[str, str], output: int) -> None:
    os.setpgid(0, 0)
    for number in ENDING:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _enter(cwd, variables)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    _run_with_ranks(arguments)
    sys.exit()
