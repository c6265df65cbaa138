"""The command from run folders to a page: what it writes, warns of and refuses."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from anomaly_fas.commands.compare import compare
from anomaly_fas.errors import AnomalyFasError, ConfigError, DataError
from anomaly_fas.runs.command_configs import check_values
from anomaly_fas.runs.composition import composed
from tests.nonempty import nonempty
from tests.reporting.compared_study import SUBJECTS, rows, study_run, write

if TYPE_CHECKING:
    from pathlib import Path

APART = {"objective": 3.0, "binary_cross_entropy": 1.5, "rival": 1.4}


def run(study: Path, *overrides: str) -> None:
    fixed = [f"paths.output_dir={study}", "study_name=rivals", "replicates=60"]
    config = composed("compare", [*fixed, *overrides])
    check_values(config, "compare")
    compare(config)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three methods over two folds, one of them on two seeds, and one that lacks a fold."""
    folder = tmp_path_factory.mktemp("outputs")
    rivals = folder / "rivals"
    for method, apart in APART.items():
        for fold in (0, 1):
            for seed in (0, 1) if method != "rival" else (0,):
                write(study_run(method, fold, seed, apart, ("logit", "knn"), folder=rivals))
    write(study_run("late", 0, folder=rivals))
    return folder


def test_a_study_becomes_a_page_pictures_and_tables(
    study: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    out = tmp_path / "out"
    run(study, f"output={out}", "scorers=all")
    page = (out / "compare.md").read_text(encoding="utf-8")
    headings = [line for line in page.splitlines() if line.startswith("## ")]
    assert headings == [
        "## folds, real: 2 protocols, seeds 0, 1",
        "## folds, real: 2 protocols, seed 0",
        "## folds, real: 1 protocol (without folds_1), seed 0",
        "## How to read it",
    ]
    first, second, third = page.split("\n## ")[1:4]
    assert "rival" not in first
    assert "late" not in second
    assert all(name in third for name in (*APART, "late"))
    assert "**One seed**" in second
    assert "**One seed**" not in first
    assert "**Few subjects**: the intervals rest on 8 of them with 6 degrees" in first
    assert "**Against binary_cross_entropy**" in first
    assert "**EER of every scorer**" in first
    gap = "folds, real: late, folds_1, seed 0"
    assert f"- {gap}\n" in page
    assert f"missing: {gap}" in caplog.text
    for name in ("eer", "differences"):
        assert f"({name}.png)" in page
        assert (out / f"{name}.png").stat().st_size > 5000
    assert len(list((out / "tables").iterdir())) == 3 * (4 + 4 + 3)


def test_the_figures_are_those_of_the_runs(study: Path, tmp_path: Path) -> None:
    run(study, f"output={tmp_path}")
    figures = pd.read_csv(tmp_path / "figures.csv", keep_default_na=False)
    chosen = figures[(figures["seeds"] == "0 1") & (figures["figure"] == "eer")]
    means = chosen[chosen["protocol"] == ""].set_index("method")["value"].astype(float)
    assert list(means.index) == ["objective", "binary_cross_entropy"]
    assert means["objective"] < 0.2 < means["binary_cross_entropy"]
    single = (
        chosen[chosen["protocol"] != ""]
        .groupby("method")["value"]
        .apply(lambda own: own.astype(float).mean())
    )
    assert single.to_dict() == pytest.approx(means.to_dict())
    subjects = chosen.groupby("protocol")["subjects"].unique().map(list).to_dict()
    assert subjects == {"": [2 * SUBJECTS], "folds_0": [SUBJECTS], "folds_1": [SUBJECTS]}
    hashes = chosen[chosen["protocol"] == "folds_0"].set_index("method")["config_hashes"]
    folders = {folder.parent.name for folder in (study / "rivals/folds_0").glob("*-*/seed=0")}
    assert all(f"{name}-{own}" in folders for name, own in nonempty(hashes.items()))
    differences = pd.read_csv(tmp_path / "differences.csv")
    own = differences[(differences["seeds"] == "0 1") & (differences["figure"] == "eer")]
    own = own.set_index("role")["value"]
    assert own["reference"] == pytest.approx(means["objective"] - means["binary_cross_entropy"])
    assert own["first"] == pytest.approx(-own["reference"])
    assert "scorer" not in (tmp_path / "compare.md").read_text(encoding="utf-8").split("## How")[0]


def test_without_a_reference_methods_are_compared_with_the_first(
    study: Path, tmp_path: Path
) -> None:
    run(study, f"output={tmp_path}", "reference=null")
    assert "Against" not in (tmp_path / "compare.md").read_text(encoding="utf-8")
    assert not (tmp_path / "differences.png").exists()
    assert set(pd.read_csv(tmp_path / "differences.csv")["role"]) == {"first"}


@pytest.mark.parametrize(
    ("override", "error", "message"),
    [
        ("replicates=1", ConfigError, "2 or more"),
        ("replicates=many", ConfigError, "2 or more"),
        ("seed=-1", ConfigError, "seed=-1"),
        ("scorers=some", ConfigError, "first, all"),
        ("reference=nobody", ConfigError, "binary_cross_entropy, late, objective, rival"),
        ("study_name=none", DataError, "no finished run"),
    ],
)
def test_settings_that_make_no_sense_are_told(
    study: Path, override: str, error: type[AnomalyFasError], message: str
) -> None:
    with pytest.raises(error, match=message):
        run(study, override)


def test_a_group_without_the_reference_is_told(
    study: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    copied = tmp_path / "copied"
    shutil.copytree(study, copied)
    write(study_run("rival", lists="official", folder=copied / "rivals"))
    run(copied)
    assert "folds, official lists, real: no binary_cross_entropy to compare with" in caplog.text
    assert "folds, real: no binary" not in caplog.text


def test_runs_that_scored_other_samples_are_named(study: Path, tmp_path: Path) -> None:
    copied = tmp_path / "copied"
    shutil.copytree(study, copied)
    odd = study_run("odd", folder=copied / "rivals")
    odd.scores.table.rows["subject"] = rows("odd", "folds_7", 0, 2.0)["subject"]
    write(odd)
    with pytest.raises(DataError, match=r"odd-.*scored other samples"):
        run(copied)


def test_a_run_without_its_config_is_named(study: Path, tmp_path: Path) -> None:
    copied = tmp_path / "copied"
    shutil.copytree(study, copied)
    (path,) = copied.glob("rivals/folds_0/rival-*/seed=0/config.yaml")
    path.unlink()
    with pytest.raises(DataError, match=r"rival-.*/seed=0"):
        run(copied)
