"""A folder of the user's own, outside the package: Python files and a `conf/` beside them."""

from __future__ import annotations

import sys
from functools import partial
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from tests import forked
from tests.integration.conftest import QUICK

if TYPE_CHECKING:
    from pathlib import Path


class UserFolder:
    """The user's folder, and `anomaly-fas` as it is run from there.

    Args:
        path: the folder.
        cache_dir: cache that commands share.
    """

    def __init__(self, path: Path, cache_dir: Path) -> None:
        self.path = path
        self._cache_dir = cache_dir

    def add(self, name: str, text: str) -> None:
        """Write a file below the folder."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))

    def run(self, *arguments: str, exit_code: int = 0) -> str:
        """Run a command, check its exit code, and return what it printed."""
        output = self.path / "printed.txt"
        command = forked.Command(
            [*arguments, f"paths.cache_dir={self._cache_dir}"],
            self.path,
            output,
            prepare=partial(_add_to_path, str(self.path)),
        )
        code = command.wait()
        assert code == exit_code, output.read_text()
        return output.read_text()

    def train(self, *arguments: str) -> Path:
        """Train for a few steps, and return the run folder."""
        before = set(self.path.glob("outputs/*/*/*/seed=0"))
        self.run("train", "--config-dir=conf", *QUICK, *arguments)
        (folder,) = set(self.path.glob("outputs/*/*/*/seed=0")) - before
        return folder


def _add_to_path(folder: str) -> None:
    sys.path.insert(0, folder)


@pytest.fixture
def user(tmp_path: Path, cache_dir: Path) -> UserFolder:
    return UserFolder(tmp_path, cache_dir)
