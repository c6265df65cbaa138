"""Runs of the command line as a user types it, and one finished run that tests share."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Protocol

import pytest

from tests import forked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TINY: Sequence[str] = (
    "experiment=quickstart",
    "image_size=32",
    "epochs=2",
    "epoch_steps=6",
    "sampler.batch_size=12",
    "runtime.workers=0",
    "data.extent.train=2",
    "data.extent.bona_fide=4",
)
"""Seconds of training: enough to see a command work, not enough to learn."""

QUICK: Sequence[str] = (*TINY, "logger=csv", "~callbacks.figures")
"""The same without pictures, which take longer than all the rest."""


class Cli(Protocol):
    """`anomaly-fas`, in a process of its own."""

    def __call__(
        self, *arguments: str, cwd: Path, exit_code: int = 0, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run it in a folder, and check its exit code.

        With variables of the environment, the process is made from scratch: some of them are read
        where a library is imported.
        """


@pytest.fixture(scope="session")
def cli(cache_dir: Path) -> Cli:
    def run(
        *arguments: str, cwd: Path, exit_code: int = 0, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        command = [*arguments, f"paths.cache_dir={cache_dir}"]
        if environment:
            done = subprocess.run(
                [sys.executable, "-m", "anomaly_fas", *command],
                cwd=cwd, env=os.environ | environment, stdin=subprocess.DEVNULL,
                capture_output=True, text=True, check=False,
            )  # fmt: skip
        else:
            done = forked.run(command, cwd)
        assert done.returncode == exit_code, done.stdout + done.stderr
        return done

    return run


@pytest.fixture(scope="session")
def finished_run(cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny finished run; tests may add files to it but change none."""
    place = tmp_path_factory.mktemp("finished")
    cli("train", *TINY, cwd=place)
    (folder,) = place.glob("outputs/quickstart/*/*/seed=0")
    return folder
