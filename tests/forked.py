"""`anomaly-fas` in processes forked from one that has imported everything: seconds less each."""

from __future__ import annotations

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_SERVER: Final = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(
    [__name__, "anomaly_fas.commands.fit", "anomaly_fas.callbacks.figures", "timm", "pyarrow"]
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
        self._process: Any = _SERVER.Process(
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
    sys.argv = ["anomaly-fas", *arguments]
    if prepare is not None:
        prepare()
    # As `python -m anomaly_fas`, so that it can start itself again for several processes.
    runpy.run_module("anomaly_fas", run_name="__main__", alter_sys=True)
