"""Sweeps that train: killed half-way and started again, and runs of several processes."""

import re
import signal
import time
from pathlib import Path

import pytest

from anomaly_fas.metrics.score_table import ScoreTable
from tests.forked import Command
from tests.integration.conftest import QUICK, Cli

pytestmark = pytest.mark.slow

ON_CPU = [*QUICK, "runtime.accelerator=cpu"]


def run_of(place: Path, seed: int) -> Path:
    (folder,) = place.glob(f"outputs/quickstart/*/*/seed={seed}")
    return folder


def wait_for(place: Path, sign: str, process: Command) -> None:
    patience = time.monotonic() + 500
    while not list(place.glob(sign)):
        assert time.monotonic() < patience
        assert process.wait(0) is None
        time.sleep(0.02)


def test_a_sweep_that_was_killed_goes_on_where_it_was(
    cli: Cli, cache_dir: Path, tmp_path: Path
) -> None:
    sweep = ["-m", *ON_CPU, "seed=0,1", "epoch_steps=9", "checkpoint.every_steps=4",
             "hydra/launcher=local", "hydra.launcher.jobs=1"]  # fmt: skip
    arguments = ["train", *sweep, f"paths.cache_dir={cache_dir}"]
    process = Command(arguments, tmp_path, tmp_path / "output.txt")
    wait_for(tmp_path, "outputs/quickstart/*/*/seed=1/checkpoints/last.ckpt", process)
    process.send(signal.SIGKILL)
    process.wait()
    finished = run_of(tmp_path, 0) / "metrics.json"
    before = finished.stat().st_mtime_ns
    broken = run_of(tmp_path, 1) / "metrics.json"
    assert not broken.exists()

    done = cli("train", *sweep, cwd=tmp_path)
    assert "2 runs: 1 finished, 1 was finished already" in done.stderr
    assert finished.stat().st_mtime_ns == before
    assert broken.exists()
    (log,) = re.findall(r"1/1 started: .*, log (.*)", done.stderr)
    assert "resuming" in (tmp_path / log).read_text()

    done = cli("train", *sweep, cwd=tmp_path)
    assert "2 runs: 2 were finished already" in done.stderr
    assert "started" not in done.stderr


def test_a_rank_runs_its_own_run_and_not_the_sweep(cli: Cli, tmp_path: Path) -> None:
    several = ["runtime.devices=2", "++runtime.strategy=ddp"]
    done = cli("train", "-m", *ON_CPU, *several, "seed=1", cwd=tmp_path)
    assert "1 run: 1 finished" in done.stderr
    (log,) = re.findall(r"started: .*, log (.*)", done.stderr)
    text = (tmp_path / log).read_text()
    assert set(re.findall(r"outputs/quickstart/\S+/seed=(\d)", text)) == {"1"}
    assert text.count("written to ") == 1
    assert not re.search(r"\d+ runs?:", text)
    assert ScoreTable.read(run_of(tmp_path, 1) / "scores.parquet").facts["seed"] == 1
