"""A disk that is full is named, costs nothing finished, and the same command then goes on.

The size limit of a process stands for the disk: what would grow beyond it cannot be written. Where
mounting is permitted a small file system of its own is filled as well.
"""

import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import torch

from anomaly_fas.files import atomic_path
from anomaly_fas.loggers.csv import RunCsvLogger
from anomaly_fas.metrics import embedding_table, score_table, summary
from anomaly_fas.plots import style
from anomaly_fas.training import checkpoint_io
from tests.integration.stopped_runs import SETTINGS, Training, assert_equal_runs

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def arguments(cache_dir: Path) -> list[str]:
    return [*SETTINGS, "epochs=2", "runtime.workers=0", f"paths.cache_dir={cache_dir}"]


@pytest.fixture(scope="module")
def undisturbed(arguments: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    training = Training(tmp_path_factory.mktemp("undisturbed"), arguments)
    assert training.finish() == 0, training.said
    return training.folder


LIMIT = 4096
"""Bytes that a file may have on the disk that is full: all on the screen, and not much more."""


def fill_at(name: str, time: int) -> None:
    """In the process of a run: let the disk be full when a file is to be written once more."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    written: list[str] = []

    def note(target: Path) -> None:
        written.append(target.name)
        if written.count(name) == time:
            resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, resource.RLIM_INFINITY))

    def noted_atomic_path(target: Path) -> object:
        note(target)
        return atomic_path(target)

    for module in (checkpoint_io, score_table, embedding_table, style, summary):
        module.atomic_path = noted_atomic_path  # type: ignore[attr-defined]
    append = RunCsvLogger._append

    def noted_append(logger: RunCsvLogger, row: dict[str, str]) -> None:
        note(logger._path)
        append(logger, row)

    RunCsvLogger._append = noted_append  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("named", "time", "kept"),
    [
        ("checkpoints/last.ckpt", 5, 12),  # after steps 4, 8, 9 (two: with the devel pass) and 12
        ("metrics.csv", 14, 12),
        ("scores.parquet", 1, 18),
        ("figures/test_det.png", 1, 18),
    ],
)
def test_a_full_disk_is_named_and_costs_nothing(
    undisturbed: Path, arguments: list[str], tmp_path: Path, named: str, time: int, kept: int
) -> None:
    failed = Training(tmp_path, arguments, prepare=partial(fill_at, Path(named).name, time))
    assert failed.finish() == 2, failed.said
    assert f"seed=0/{named}: " in failed.said
    assert "Free some space" in failed.said
    assert "Traceback" not in failed.said
    assert len(failed.said.splitlines()) < 24
    last = torch.load(failed.folder / "checkpoints/last.ckpt", weights_only=True)
    assert last["global_step"] == kept
    assert not (failed.folder / "metrics.json").exists()
    assert [path.name for path in failed.folder.rglob(".*")] == [".lock"]
    again = Training(tmp_path, arguments)
    assert again.finish() == 0, again.said
    assert_equal_runs(undisturbed, again.folder)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system that holds the checkpoints of a run and little else."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not permitted here")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_small_disk_that_fills_up_and_is_emptied(
    undisturbed: Path, arguments: list[str], small_disk: Path
) -> None:
    other = small_disk / "others"
    two_checkpoints = 2.4 * (undisturbed / "checkpoints/last.ckpt").stat().st_size
    other.write_bytes(bytes(shutil.disk_usage(small_disk).free - int(two_checkpoints)))
    failed = Training(small_disk, arguments)
    assert failed.finish() == 2, failed.said
    assert "No space left on device" in failed.said
    assert "Traceback" not in failed.said
    other.unlink()
    again = Training(small_disk, arguments)
    assert again.finish() == 0, again.said
    assert_equal_runs(undisturbed, again.folder)
