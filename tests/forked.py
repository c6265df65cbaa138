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
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final
from unittest import mock

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LAUNCHERS_SUBPROCESS: Final = "lightning.pytorch.strategies.launchers.subprocess_script.subprocess"

SERVER: Final = multiprocessing.get_context("forkserver")
"""Starts processes that have imported everything from their first moment."""

SERVER.set_forkserver_preload(
    [__name__, "anomaly_fas.runs.build", "anomaly_fas.callbacks.figures", "timm", "pyarrow"]
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
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(variables)
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
        os.environ.clear()
        os.environ.update(variables)
        os.chdir(cwd)
        _, _, _, *arguments = command  # python -m anomaly_fas
        _run(arguments)
        sys.exit()
