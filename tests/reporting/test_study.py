"""What a study knows of its runs, those of older score files among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from anomaly_fas.errors import DataError
from anomaly_fas.reporting.study import Study
from anomaly_fas.runs.saved_config import counted
from tests.reporting.compared_study import study_run, write

if TYPE_CHECKING:
    from pathlib import Path


def test_a_run_has_the_label_and_variant_that_were_stored_with_it() -> None:
    run = study_run("a", label="loss.weight=0.1 epochs=2", variant="lite", changes=("epochs=9",))
    assert (run.label, run.variant) == ("loss.weight=0.1 epochs=2", "lite")
    assert run.settings == ["loss.weight=0.1", "epochs=2"]


def test_older_runs_are_named_by_their_overrides_and_their_saved_config() -> None:
    run = study_run("a", changes=("study=old", "epochs=9"))
    assert (run.label, run.variant) == ("epochs=9", "resnet18 pretrained=True")
    assert study_run("a").label == "a"
    assert study_run("a").settings == []


def test_a_study_has_the_finished_runs_of_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "rivals"
    runs = [study_run("a", fold, seed, folder=folder) for fold in (0, 1) for seed in (0, 1)]
    for run in runs:
        write(run)
    write(study_run("late", folder=folder)).joinpath("metrics.json").unlink()
    study = Study.read(folder, counted)
    assert study.name == "rivals"
    found = [(run.method, run.protocol, run.seed) for run in study.runs]
    assert found == [("a", f"folds_{fold}", seed) for fold in (0, 1) for seed in (0, 1)]
    assert {run.variant for run in study.runs} == {"resnet18 pretrained=True"}
    assert study.runs[0].config["protocol.fold"] == 0


def test_a_study_without_finished_runs_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no finished run"):
        Study.read(tmp_path, counted)
