"""`anomaly-fas report` on a run that was really trained: its pictures come from its own data."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from anomaly_fas.metrics.embedding_table import EmbeddingTable
from anomaly_fas.metrics.score_table import ScoreTable
from tests.nonempty import nonempty

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Cli

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def report(cli: Cli, finished_run: Path) -> Path:
    place = finished_run.parents[4]
    done = cli("report", "study=quickstart", "replicates=40", cwd=place)
    folder = place / "outputs" / "reports" / "quickstart"
    assert f"written to {folder.relative_to(place)}/report.html" in done.stdout + done.stderr
    return folder


def test_the_report_has_the_figures_of_the_run(report: Path, finished_run: Path) -> None:
    trained = json.loads((finished_run / "metrics.json").read_text())["figures"]
    entries = json.loads((report / "metrics.json").read_text())["entries"].values()
    assert {entry["scorer"] for entry in entries} == set(trained)
    for entry in nonempty(entries):
        for threshold, figures in nonempty(trained[entry["scorer"]]["test"].items()):
            own = entry["figures"][threshold]["all"]
            assert {name: own[name]["value"] for name in figures} == figures
        assert entry["seeds"] == [0]
        assert len(entry["commits"]) == len(entry["config_hashes"]) == 1


def test_the_worst_errors_are_shown(report: Path, finished_run: Path) -> None:
    table = ScoreTable.read(finished_run / "scores.parquet")
    scorer = table.scorers[0]
    threshold = table.facts["thresholds"][scorer]["eer"]
    test = table.of(scorer, "test")
    is_attack = test["label"] == "attack"
    kinds = {
        "false_accepts": (is_attack & (test["score"] < threshold)).any(),
        "false_rejects": (~is_attack & (test["score"] >= threshold)).any(),
    }
    for kind, expected in kinds.items():
        sheets = list((report / "figures").glob(f"*_{kind}.png"))
        assert len(sheets) == int(expected)
        for sheet in sheets:
            with Image.open(sheet) as image:
                pixels = np.asarray(image.convert("RGB"))
            assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 500  # faces, not blank squares
    assert any(kinds.values())


def test_the_embeddings_are_those_that_were_scored(finished_run: Path) -> None:
    embeddings = EmbeddingTable.read(finished_run / "embeddings.npz")
    scores = ScoreTable.read(finished_run / "scores.parquet")
    for split in ("devel", "test"):
        own = embeddings.split == split
        rows = scores.of("live_centre", split).set_index("sample_id")
        assert sorted(embeddings.sample_id[own]) == sorted(rows.index)
        distance = np.linalg.norm(embeddings.embedding[own] - embeddings.centre, axis=1)
        score = rows.loc[embeddings.sample_id[own], "score"].to_numpy()
        # A sample's score is the mean of its frames' distances, here of the mean's: no farther.
        assert (distance <= score + 1e-5).all()
        assert pd.Series(distance).corr(pd.Series(score)) > 0.98


def test_a_study_without_runs_is_a_mistake(cli: Cli, tmp_path: Path) -> None:
    done = cli("report", "study=nothing", cwd=tmp_path, exit_code=2)
    assert re.search(r"no finished run in .*nothing: train some", done.stderr)


def test_pictures_of_errors_are_left_out_where_images_are_not_at_hand(
    cli: Cli, finished_run: Path, tmp_path: Path
) -> None:
    study = tmp_path / "outputs" / "moved"
    folder = study / finished_run.parent.parent.name / finished_run.parent.name / "seed=0"
    folder.mkdir(parents=True)
    for name in ("scores.parquet", "metrics.json"):
        (folder / name).write_bytes((finished_run / name).read_bytes())
    cli("report", "study=moved", "replicates=0", cwd=tmp_path)
    made = [path.stem for path in (tmp_path / "outputs/reports/moved/figures").glob("*.png")]
    assert any(name.endswith("_det") for name in made)
    assert not any("false" in name or "embeddings" in name for name in made)
