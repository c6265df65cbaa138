"""Runs that are watched: by W&B, by `anomaly-fas runs`, by a second process that wants the same."""

import signal
import time
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.runs.listing import RunState, run_rows
from anomaly_fas.runs.outcome import BUSY
from tests.callbacks.offline_run import OfflineRun, read_offline_run
from tests.forked import Command
from tests.integration.conftest import QUICK, TINY, Cli
from tests.nonempty import nonempty

pytestmark = pytest.mark.slow

OFFLINE = {"WANDB_MODE": "", "WANDB_API_KEY": "", "NETRC": ""}


def the_run(place: Path) -> Path:
    (folder,) = place.glob("outputs/*/*/*/seed=0")
    return folder


def read(folder: Path) -> OfflineRun:
    (path,) = folder.glob("wandb/offline-run-*/*.wandb")
    return read_offline_run(path)


@pytest.fixture(scope="module")
def watched(cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("watched")
    drawn = ["callbacks.figures.every_epochs=1", "logger=[csv,wandb,tensorboard]"]
    cli("train", *TINY, *drawn, cwd=place, HOME=str(place), **OFFLINE)
    return the_run(place)


def test_wandb_has_species_by_epoch_and_the_final_figures(watched: Path) -> None:
    run, metrics = read(watched), pd.read_csv(watched / "metrics.csv")
    assert (run.group, run.exit_code) == ("quickstart", 0)
    assert "experiment=quickstart" in run.name
    devel = metrics.dropna(subset=["devel_acer"]).set_index("step")
    species = [name for name in devel if name.startswith("devel/few_shot/apcer/")]
    assert len(species) == 5
    for step, row in nonempty(devel.iterrows()):
        for name in ("devel_acer", *species):
            assert run.history[int(str(step))][name] == pytest.approx(row[name])
    final = metrics.dropna(subset=["test/few_shot/acer"]).iloc[0]
    assert run.summary["final/few_shot/test/acer"] == pytest.approx(final["test/few_shot/acer"])
    thresholds = ScoreTable.read(watched / "scores.parquet").facts["thresholds"]
    assert run.summary["threshold/few_shot/eer"] == thresholds["few_shot"]["eer"]


def test_wandb_has_the_curves_of_the_run_and_no_other_picture(watched: Path) -> None:
    shown = [path for path in watched.glob("wandb/**/*.png") if path.is_file()]
    names = {path.name.split("_12_")[0] for path in shown if "_12_" in path.name}
    assert names >= {path.stem for path in (watched / "figures").glob("test_*.png")}
    kinds = ("det", "histogram")
    assert all(any(kind in path.name for kind in kinds) for path in nonempty(shown))


def test_nobody_and_no_place_is_named_in_wandbs_files(watched: Path) -> None:
    rows = ScoreTable.read(watched / "scores.parquet").rows
    logged = [path for path in watched.glob("wandb/**/*") if path.is_file()]
    sent = b"".join(content(path) for path in logged)
    assert b"few_shot" in sent
    for name in {*rows["sample_id"], *rows["subject"]}:
        assert name.encode() not in sent, name
    assert str(watched.parents[4]) not in str(read(watched).config)


def content(path: Path) -> bytes:
    """A file's bytes; of a picture its words, since pixels are like random bytes."""
    if path.suffix != ".png":
        return path.read_bytes()
    with Image.open(path) as image:
        return str(image.info).encode()


def test_pictures_of_errors_are_shown_where_the_user_says_so(
    watched: Path, cli: Cli, tmp_path: Path
) -> None:
    allowed = ["logger=wandb", "logger.wandb.log_faces_and_subjects=true", "epochs=1"]
    cli("train", *TINY, *allowed, cwd=tmp_path, HOME=str(tmp_path), **OFFLINE)
    folder = the_run(tmp_path)
    (sent,) = folder.glob("wandb/offline-run-*/files/media/images/figures/*worst_errors*.png")
    assert sent.read_bytes() == (folder / "figures/test_worst_errors.png").read_bytes()
    (table,) = folder.glob("wandb/offline-run-*/files/media/table/*.json")
    name = ScoreTable.read(folder / "scores.parquet").rows["sample_id"].iloc[0]
    assert name in table.read_text()
    assert not (watched / "figures/test_worst_errors.png").exists()


def test_what_was_said_stands_in_the_log(watched: Path) -> None:
    lines = (watched / "train.log").read_text().splitlines()
    said = [line[20:] for line in lines]
    assert said[0] == f"training {watched.relative_to(watched.parents[4])}"
    assert [line.partition(":")[0] for line in said if line.startswith("epoch")] == [
        "epoch 1 of 2, step 6 of 12", "epoch 2 of 2, step 12 of 12",
    ]  # fmt: skip
    assert "\x1b" not in "".join(lines)


def test_a_running_run_is_listed_as_running_and_is_no_one_elses(
    cli: Cli, cache_dir: Path, tmp_path: Path
) -> None:
    arguments = ["train", *QUICK, "epochs=200"]
    command = [*arguments, f"paths.cache_dir={cache_dir}"]
    process = Command(command, tmp_path, tmp_path / "output.txt")
    try:
        patience = time.monotonic() + 240
        while not any(row.epoch for row in run_rows(tmp_path / "outputs", None)):
            assert process.wait(0) is None
            assert time.monotonic() < patience
            time.sleep(0.1)
        (row,) = run_rows(tmp_path / "outputs", None)
        assert (row.state, row.epochs) == (RunState.RUNNING, 200)
        assert 1 <= row.epoch < 200
        assert row.devel_acer is not None
        refused = cli(*arguments, cwd=tmp_path, exit_code=BUSY)
        assert "is being trained by another process" in refused.stderr
        passed = cli("train", "-m", *arguments[1:], "hydra/launcher=local", cwd=tmp_path)
        assert "1 run: 1 in progress elsewhere" in passed.stderr
        assert process.wait(0) is None
    finally:
        process.send(signal.SIGKILL)
        process.wait()
    (row,) = run_rows(tmp_path / "outputs", None)
    assert row.state is RunState.STOPPED
    assert not list(tmp_path.rglob("wandb"))
