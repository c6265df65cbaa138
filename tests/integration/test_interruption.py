"""Sweeps that are stopped half-way, and runs that are repeated."""

import signal
import subprocess
import time
from pathlib import Path

import pytest

from anomaly_fas.metrics.score_table import ScoreTable
from tests import forked
from tests.integration.conftest import QUICK, Cli
from tests.integration.stopped_runs import assert_equal_runs

pytestmark = pytest.mark.slow

LONG = [*QUICK, "epochs=3", "epoch_steps=9", "checkpoint.every_steps=4"]


def the_run(place: Path) -> Path:
    (folder,) = place.glob("outputs/quickstart/*/*/seed=0")
    return folder


def stop_when(
    place: Path, cache_dir: Path, arguments: list[str], sign: str, number: signal.Signals
) -> subprocess.CompletedProcess[str]:
    """Start training, wait for a file that matches `sign`, send a signal."""
    command = ["train", *arguments, f"paths.cache_dir={cache_dir}"]
    output, errors = place / "output.txt", place / "errors.txt"
    process = forked.Command(command, place, output, errors)
    patience = time.monotonic() + 400
    while not list(place.glob(sign)) and process.wait(0) is None and time.monotonic() < patience:
        time.sleep(0.01)
    process.send(number)
    code = process.wait(400)
    assert code is not None
    return subprocess.CompletedProcess(command, code, output.read_text(), errors.read_text())


@pytest.fixture(scope="module")
def undisturbed(cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("undisturbed")
    cli("train", *LONG, cwd=place)
    return the_run(place)


def test_two_runs_with_one_seed_are_equal(undisturbed: Path, cli: Cli, tmp_path: Path) -> None:
    cli("train", *LONG, "runtime.workers=1", cwd=tmp_path)
    assert_equal_runs(undisturbed, the_run(tmp_path))


def test_another_seed_is_another_run(undisturbed: Path, cli: Cli, tmp_path: Path) -> None:
    cli("train", *LONG, "seed=1", cwd=tmp_path)
    (other,) = tmp_path.glob("outputs/quickstart/*/*/seed=1")
    assert other.parent.name == undisturbed.parent.name
    scores = [ScoreTable.read(run / "scores.parquet").rows for run in (undisturbed, other)]
    assert scores[0]["sample_id"].equals(scores[1]["sample_id"])
    assert (scores[0]["score"] != scores[1]["score"]).mean() > 0.9


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_sweep_says_so_and_keeps_what_was_finished(
    cli: Cli, cache_dir: Path, tmp_path: Path, number: signal.Signals
) -> None:
    sweep = ["-m", *QUICK, "loss=binary_cross_entropy,objective,triplet_margin"]
    sign = "outputs/quickstart/*/objective-*/seed=0/config.yaml"
    stopped = stop_when(tmp_path, cache_dir, sweep, sign, number)
    assert stopped.returncode in {130, 143}
    assert "interrupted: what was finished is kept" in stopped.stderr
    assert "Traceback" not in stopped.stderr
    methods = [path.parent.parent.name for path in tmp_path.rglob("metrics.json")]
    assert [name.rpartition("-")[0] for name in methods] == ["binary_cross_entropy"]
    done = cli("train", *sweep, cwd=tmp_path)
    assert done.stderr.count("finished already") == 1
    assert len(list(tmp_path.rglob("metrics.json"))) == 3
