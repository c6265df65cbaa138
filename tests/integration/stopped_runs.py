"""Training runs that tests stop, and what they compare when all has been made good."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import torch

from anomaly_fas.metrics.score_table import ScoreTable
from tests.forked import Command

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Sequence
    from pathlib import Path

PATIENCE: Final = 300.0
"""Seconds after which a run that does not do what a test waits for counts as hung."""

SETTINGS: Final[Sequence[str]] = (
    "experiment=quickstart",
    "image_size=32",
    "epochs=3",
    "epoch_steps=9",
    "sampler.batch_size=12",
    "data.extent.train=2",
    "data.extent.bona_fide=4",
    "datamodule.eval_batch_size=16",
    "checkpoint.every_steps=4",
    "trainer.log_every_n_steps=2",  # so that steps are logged and saved at once
    "callbacks.figures.every_epochs=2",
    "logger=csv",
)
_CIRCUMSTANCES: Final = ("config", "commit", "current_score")
"""Keys of what may differ; the last one Lightning writes, and neither restores nor uses."""

TWO_PROCESSES: Final[Sequence[str]] = (
    "~callbacks.figures",
    "runtime.accelerator=cpu",
    "runtime.devices=2",
    "runtime.strategy=ddp",
)


class Training:
    """`anomaly-fas train` in a session of its own.

    Args:
        place: where it runs.
        arguments: of the command line.
        prepare: called in the process first.
    """

    def __init__(
        self,
        place: Path,
        arguments: Sequence[str],
        *,
        prepare: Callable[[], None] | None = None,
    ) -> None:
        self.place = place
        self._output = place / "output.txt"
        self._began = time.monotonic()
        place.mkdir(parents=True, exist_ok=True)
        command = ["train", *arguments]
        self._command = Command(command, place, self._output, prepare=prepare)

    @property
    def folder(self) -> Path:
        """The run folder, once it is there."""
        (folder,) = self.place.glob("outputs/*/*/*/seed=0")
        return folder

    @property
    def said(self) -> str:
        """Everything on the screen."""
        return self._output.read_text()

    @property
    def age(self) -> float:
        """Seconds since its start."""
        return time.monotonic() - self._began

    def ended(self, within: float = 0.0) -> int | None:
        """The exit code, None if it runs longer."""
        return self._command.wait(within)

    def finish(self) -> int:
        """Wait for its end."""
        code = self.ended(PATIENCE)
        assert code is not None, self.said
        return code

    def send(self, number: signal.Signals, *, to_all: bool = False) -> None:
        """Send a signal to it, or to everything that it started, too."""
        (os.killpg if to_all else os.kill)(self._command.pid, number)

    def wait_for(self, sign: Callable[[], bool]) -> bool:
        """Wait until something can be seen; whether it was, before the end."""
        while not sign():
            assert self.age < PATIENCE, self.said
            if self.ended() is not None:
                return False
            time.sleep(0.001)  # the machine has other tests to run, too
        return True


def assert_equal_runs(one: Path, other: Path) -> None:
    """Two runs must have all in common but the time and place."""
    for name in ("last", "best"):
        first, second = (checkpoint(run / f"checkpoints/{name}.ckpt") for run in (one, other))
        assert_equal(first, second, name)
    tables = [ScoreTable.read(run / "scores.parquet") for run in (one, other)]
    pd.testing.assert_frame_equal(tables[0].rows, tables[1].rows, check_exact=True)
    assert (one / "metrics.csv").read_text() == (other / "metrics.csv").read_text()
    figures = [_without("", json.loads((run / "metrics.json").read_text())) for run in (one, other)]
    assert figures[0] == figures[1]
    files = [{path.relative_to(run) for path in run.rglob("*")} for run in (one, other)]
    assert files[0] == files[1]


def checkpoint(path: Path) -> Any:
    """What is in a checkpoint, but for where and by how many the run was made."""
    return _without(str(path.parents[1].resolve()), torch.load(path, weights_only=True))


def _without(place: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {
            _without(place, key): _without(place, part)
            for key, part in value.items()
            if key not in _CIRCUMSTANCES
        }
    if isinstance(value, (list, tuple)):
        return type(value)(_without(place, part) for part in value)
    return value.replace(place or "\0", "") if isinstance(value, str) else value


def assert_equal(one: Any, other: Any, where: str) -> None:
    """Values of a checkpoint must be equal to the last bit."""
    assert type(one) is type(other), where
    if isinstance(one, torch.Tensor):
        assert one.dtype == other.dtype, where
        assert torch.equal(one, other), where
    elif isinstance(one, dict):
        assert one.keys() == other.keys(), where
        for key, value in one.items():
            assert_equal(value, other[key], f"{where}.{key}")
    elif isinstance(one, (list, tuple)):
        assert len(one) == len(other), where
        for number, (mine, yours) in enumerate(zip(one, other, strict=True)):
            assert_equal(mine, yours, f"{where}.{number}")
    else:
        assert one == other, where
