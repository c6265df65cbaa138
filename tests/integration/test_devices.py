"""A run on two processes: who sees what, what is written, and what a failure of one does."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from omegaconf import OmegaConf

from anomaly_fas.metrics.score_table import ScoreTable
from tests.forked import Command
from tests.integration.conftest import QUICK, TINY, Cli

pytestmark = pytest.mark.slow

TWO = ("runtime=ddp", "runtime.devices=2", "runtime.accelerator=cpu")
PROBES = "tests.integration.device_probes"
PATIENCE = 600
RUN = "outputs/*/*/*/seed=0"


@pytest.fixture(scope="module")
def run(cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a run on two processes, and what was said on the screen."""
    place = tmp_path_factory.mktemp("two")
    arguments = [*TINY, *TWO, "logger=[csv,wandb]"]
    done = cli("train", *arguments, cwd=place, WANDB_MODE="offline")
    (folder,) = place.glob(RUN)
    return folder, done.stderr


def test_processes_train_on_different_samples_at_the_rate_for_two(cli: Cli, tmp_path: Path) -> None:
    cli(
        "train", *QUICK, *TWO, "epochs=1", "module.lr_scaling=sqrt",
        f"+callbacks.notes._target_={PROBES}.Notes", f"+callbacks.notes.folder={tmp_path}",
        cwd=tmp_path,
    )  # fmt: skip
    first, second = (
        [json.loads(line) for line in (tmp_path / f"process-{rank}.jsonl").open()]
        for rank in (0, 1)
    )
    assert [note["step"] for note in first] == [note["step"] for note in second] == list(range(6))
    for one, other in zip(first, second, strict=True):
        assert len(one["rows"]) == len(other["rows"]) == 12
        assert not set(one["rows"]) & set(other["rows"])
    (config,) = tmp_path.glob("outputs/*/*/*/seed=0/config.yaml")
    assert first[0]["lr"] == pytest.approx(OmegaConf.load(config).optimizer.lr * 2**0.5)


def test_one_folder_one_log_one_wandb_run(run: tuple[Path, str]) -> None:
    folder, said = run
    assert len(list(folder.glob("wandb/offline-run-*"))) == 1
    assert len(list(folder.glob("wandb/offline-run-*/*.wandb"))) == 1
    for line in ("training outputs", "epoch 1 of 2", "test, few_shot", "written to"):
        assert said.count(line) == 1, said
    assert len(pd.read_csv(folder / "metrics.csv")["devel_acer"].dropna()) == 2
    assert not (folder / "error.txt").exists()


def test_samples_are_scored_once_and_as_by_one_process(
    run: tuple[Path, str], cli: Cli, tmp_path: Path
) -> None:
    folder, _ = run
    checkpoint = f"checkpoint={folder / 'checkpoints/best.ckpt'}"
    tables = [ScoreTable.read(folder / "scores.parquet")]
    # 113 frames a batch: shares of the processes end with batches of different sizes.
    for name, trainer in (("one", ("runtime=cpu",)), ("two", TWO)):
        output = tmp_path / name
        settings = ["datamodule.eval_batch_size=113", f"output={output}"]
        cli("evaluate", checkpoint, *trainer, *settings, cwd=tmp_path)
        tables.append(ScoreTable.read(output / "scores.parquet"))
    columns = ["split", "sample_id", "scorer"]
    trained, one, two = (table.rows.sort_values(columns) for table in tables)
    assert not two.duplicated(columns).any()
    for other in (trained, two):
        for column in [*columns, "n_frames"]:
            assert other[column].tolist() == one[column].tolist()
        np.testing.assert_allclose(other["score"], one["score"], atol=1e-5)


def failing(cache_dir: Path, place: Path, rank: int, how: str) -> Command:
    command = [
        "train", *QUICK, *TWO, f"paths.cache_dir={cache_dir}",
        f"+callbacks.fails._target_={PROBES}.Fails", f"+callbacks.fails.rank={rank}",
        f"+callbacks.fails.how={how}",
    ]  # fmt: skip
    return Command(command, place, place / "output.txt")


def left_of(process: Command) -> list[str]:
    """The processes of its session that still live."""
    left = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            _, _, after = stat.read_text().rpartition(")")
        except OSError:
            continue  # it ended meanwhile
        state, _, _, session = after.split()[:4]
        if int(session) == process.pid and state != "Z":
            left.append(stat.parent.name)
    return left


@pytest.mark.parametrize(("rank", "how"), [(0, "raise"), (0, "kill"), (1, "raise"), (1, "kill")])
def test_a_process_that_fails_ends_the_run(
    cache_dir: Path, tmp_path: Path, rank: int, how: str
) -> None:
    process = failing(cache_dir, tmp_path, rank, how)
    code = process.wait(PATIENCE)
    said = (tmp_path / "output.txt").read_text()
    assert code, said
    patience = time.monotonic() + 20
    while left_of(process) and time.monotonic() < patience:
        time.sleep(0.1)
    assert not left_of(process)
    (folder,) = tmp_path.glob(RUN)
    assert not (folder / "metrics.json").exists()
    if (rank, how) == (0, "kill"):
        assert code == -signal.SIGKILL
        return
    reason = (folder / "error.txt").read_text()
    if how == "raise":
        assert "a fault of this test" in reason
    if rank == 1:
        assert "another process of this run was lost" in reason
        assert said.count("another process of this run was lost") == 1


def test_processes_may_be_spawned_and_are_told_to_save_and_end(
    cache_dir: Path, tmp_path: Path
) -> None:
    settings = ["runtime=ddp_spawn", *TWO[1:], "checkpoint.every_steps=1"]
    command = [
        Path(sys.executable).with_name("anomaly-fas"), "train", *QUICK, *settings,
        f"paths.cache_dir={cache_dir}",
    ]  # fmt: skip
    stopped = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    patience = time.monotonic() + PATIENCE
    while not list(tmp_path.glob(f"{RUN}/checkpoints/last.ckpt")) and stopped.poll() is None:
        assert time.monotonic() < patience
        time.sleep(0.01)
    stopped.terminate()
    _, said = stopped.communicate(timeout=PATIENCE)
    assert stopped.returncode == 130, said
    assert "interrupted: what was finished is kept" in said
    assert "Traceback" not in said
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("resuming")
    (folder,) = tmp_path.glob(RUN)
    for said in (done.stderr, (folder / "train.log").read_text()):
        assert said.count("epoch 2 of 2") == 1, said
        assert "sync_dist" not in said  # a remark that a process made from scratch would repeat
        assert "Initializing distributed" not in said
    rows = ScoreTable.read(folder / "scores.parquet").rows
    assert not rows.duplicated(["split", "sample_id", "scorer"]).any()
    log = pd.read_csv(folder / "metrics.csv").set_index("step")
    assert len(log["devel_acer"].dropna()) == 2
    assert log["test/few_shot/acer"].dropna().index.tolist() == [12]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (("runtime=gpu",), "torch finds no GPU"),
        (("runtime=slurm_multi_node", "runtime.accelerator=cpu"), "started by SLURM"),
        ((*TWO, "trainer.sync_batchnorm=true"), "on GPUs alone"),
        (("module.lr_scaling=cubic",), "choose one of none, linear, sqrt"),
    ],
)
def test_what_the_machine_lacks_is_said(
    cli: Cli, tmp_path: Path, settings: tuple[str, ...], message: str
) -> None:
    done = cli("train", *QUICK, *settings, cwd=tmp_path, exit_code=2)
    assert message in done.stderr
    assert "Traceback" not in done.stderr
