"""One run from the command line: what it leaves behind, and what scores it again."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
import yaml
from PIL import Image

import anomaly_fas
from anomaly_fas.metrics.analysis import HEADLINE, error_figures
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.types import SCORE_COLUMNS, Split
from tests.integration.conftest import TINY, Cli

pytestmark = pytest.mark.slow


def test_the_run_folder_holds_what_the_design_says(finished_run: Path) -> None:
    files = {str(path.relative_to(finished_run)) for path in finished_run.rglob("*.*")}
    figures = {
        f"figures/{split}_{name}.png"
        for split in ("devel", "test")
        for name in ("det", "few_shot_histogram", "live_centre_histogram")
    }
    assert files >= figures | {
        "config.yaml",
        "checkpoints/best.ckpt",
        "checkpoints/last.ckpt",
        "scores.parquet",
        "metrics.json",
        "metrics.csv",
    }
    table = ScoreTable.read(finished_run / "scores.parquet")
    assert list(table.rows.columns) == list(SCORE_COLUMNS)
    assert not table.rows.duplicated(["sample_id", "split", "scorer"]).any()
    config = yaml.safe_load((finished_run / "config.yaml").read_text())
    assert table.facts["config_hash"] == finished_run.parent.name.rpartition("-")[2]
    assert table.facts["variant"].startswith("lcnet_050 ")
    assert table.facts["label"]
    assert table.facts["data_kind"] == "simulated"
    assert table.facts["seed"] == config["seed"] == 0
    subjects = table.rows.groupby(["dataset", "subject"])["split"].nunique()
    assert (subjects == 1).all()


def test_metrics_json_follows_from_the_score_file(finished_run: Path) -> None:
    table = ScoreTable.read(finished_run / "scores.parquet")
    summary = json.loads((finished_run / "metrics.json").read_text())
    for scorer in ("few_shot", "live_centre"):
        threshold = table.facts["thresholds"][scorer][HEADLINE]
        expected = error_figures(table.of(scorer, Split.TEST), threshold)
        assert summary["figures"][scorer]["test"][HEADLINE] == pytest.approx(expected)


def test_every_epoch_logs_devel_figures(finished_run: Path) -> None:
    metrics = pd.read_csv(finished_run / "metrics.csv")
    devel = metrics.dropna(subset=["devel_acer"])
    assert devel["step"].tolist() == [5, 11]
    acer = (devel["devel/few_shot/apcer"] + devel["devel/few_shot/bpcer"]) / 2
    np.testing.assert_allclose(devel["devel_acer"], acer, rtol=1e-6)
    species = [name for name in devel if name.startswith("devel/few_shot/apcer/")]
    assert len(species) == 5
    np.testing.assert_allclose(devel[species].max(axis=1), devel["devel/few_shot/apcer"], rtol=1e-6)


def test_a_finished_run_is_found_and_skipped(finished_run: Path, cli: Cli) -> None:
    place = finished_run.parents[4]
    before = {path: path.stat().st_mtime_ns for path in place.rglob("*.*")}
    done = cli("train", *TINY, cwd=place)
    assert f"finished already: {finished_run.relative_to(place)}" in done.stderr
    assert {path: path.stat().st_mtime_ns for path in place.rglob("*.*")} == before


def test_results_do_not_depend_on_callbacks_and_loggers(
    finished_run: Path, cli: Cli, tmp_path: Path
) -> None:
    cli("train", *TINY, "~callbacks", "logger=[]", cwd=tmp_path)
    folder = tmp_path / finished_run.relative_to(finished_run.parents[4])
    written_with_them = {path.name for path in finished_run.iterdir()}
    written_without = {path.name for path in folder.iterdir()}
    assert written_with_them - written_without >= {"figures", "embeddings.npz", "metrics.csv"}
    config = yaml.safe_load((folder / "config.yaml").read_text())
    assert not config["callbacks"]
    assert not config["logger"]
    with_them = ScoreTable.read(finished_run / "scores.parquet")
    without = ScoreTable.read(folder / "scores.parquet")
    pd.testing.assert_frame_equal(without.rows, with_them.rows)
    assert without.facts["thresholds"] == with_them.facts["thresholds"]
    first, again = (
        json.loads((place / "metrics.json").read_text()) for place in (finished_run, folder)
    )
    for summary in (first, again):
        del summary["facts"]["commit"]  # one may be made between the runs
    assert again == first


def test_the_checkpoint_alone_gives_the_same_scores(
    finished_run: Path, cli: Cli, tmp_path: Path
) -> None:
    checkpoint = tmp_path / "moved.ckpt"
    checkpoint.write_bytes((finished_run / "checkpoints/best.ckpt").read_bytes())
    cli("evaluate", f"checkpoint={checkpoint}", "output=again", cwd=tmp_path)
    first = ScoreTable.read(finished_run / "scores.parquet")
    again = ScoreTable.read(tmp_path / "again/scores.parquet")
    pd.testing.assert_frame_equal(first.rows, again.rows)
    assert first.facts["thresholds"] == again.facts["thresholds"]


def test_a_test_of_subjects_that_were_trained_on_is_warned_of(
    finished_run: Path, cli: Cli, tmp_path: Path
) -> None:
    folds = ["protocol=folds", "protocol.train_session='1'"]
    done = cli("evaluate", f"run={finished_run}", *folds, "output=again", cwd=tmp_path)
    assert re.search(r"best\.ckpt was trained on \d+ subject\(s\) of test, such as", done.stderr)
    assert (tmp_path / "again/scores.parquet").exists()


def test_load_scores_images_as_training_did(finished_run: Path, cli: Cli, tmp_path: Path) -> None:
    extent = ["data.extent.train=2", "data.extent.devel=2", "data.extent.test=2"]
    size = ["image_size=32", "data.extent.bona_fide=4", "data.extent.attacks=1"]
    cli("simulate", "output=images", *extent, *size, "data.extent.frames=1", cwd=tmp_path)
    manifest = pd.read_csv(tmp_path / "images/manifest.csv").set_index("sample_id")
    rows = ScoreTable.read(finished_run / "scores.parquet").of("live_centre", Split.TEST)
    rows = rows.set_index("sample_id").iloc[::9]
    paths = [tmp_path / "images/images" / manifest.loc[name, "path"] for name in rows.index]
    detector = anomaly_fas.load(finished_run / "checkpoints/best.ckpt")
    images = [np.asarray(Image.open(path)) for path in paths]
    np.testing.assert_allclose(detector.score(images, "live_centre"), rows["score"], atol=1e-5)

    done = cli(
        "predict",
        f"checkpoint={finished_run / 'checkpoints/best.ckpt'}",
        f"input={tmp_path / 'images/images'}",
        "scorer=live_centre",
        "output=scores.csv",
        cwd=tmp_path,
    )
    assert "Traceback" not in done.stderr
    predicted = pd.read_csv(tmp_path / "scores.csv").set_index("path")["score"]
    assert len(predicted) == len(manifest)
    wanted = [predicted[str(path)] for path in paths]
    np.testing.assert_allclose(wanted, rows["score"], atol=1e-5)


def test_checkpoints_hold_no_pickled_objects(finished_run: Path) -> None:
    for name in ("best", "last"):
        content = torch.load(finished_run / f"checkpoints/{name}.ckpt", weights_only=True)
        assert content["state_dict"]


def test_wandb_is_offline_and_asks_nothing(cli: Cli, tmp_path: Path) -> None:
    environment = {"WANDB_MODE": "", "WANDB_API_KEY": "", "HOME": str(tmp_path), "NETRC": ""}
    done = cli("train", *TINY, "epochs=1", cwd=tmp_path, **environment)
    (folder,) = tmp_path.glob("outputs/quickstart/*/*/seed=0")
    assert list(folder.glob("wandb/offline-run-*/*.wandb"))
    assert "wandb" not in done.stderr.lower()
