"""EER of every scorer that all runs of a method have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from anomaly_fas.metrics.analysis import by_label
from anomaly_fas.metrics.curves import eer
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.reporting.compare.blocks import blocks
from anomaly_fas.reporting.compare.groups import Rules, grouped
from anomaly_fas.reporting.compare.scorer_matrix import Matrix, scorer_matrix
from anomaly_fas.types import Split
from tests.reporting.compared_study import rows, study_run, write

if TYPE_CHECKING:
    from pathlib import Path

    from anomaly_fas.reporting.study import StudyRun


def matrix(*runs: StudyRun) -> Matrix:
    ((group, methods),) = grouped(runs, Rules()).items()
    (block,) = blocks(group, methods)
    return scorer_matrix(block)


def test_means_over_protocols_of_the_scorers_that_all_runs_have(tmp_path: Path) -> None:
    both, one = ("logit", "knn"), ("logit",)
    a = [study_run("a", fold, scorers=both, folder=tmp_path) for fold in (0, 1)]
    b = [
        study_run("b", fold, scorers=own, folder=tmp_path)
        for fold, own in ((0, both), (1, one))
    ]  # fmt: skip
    found = matrix(*a, *b)
    assert set(found["logit"]) == {"a", "b"}
    assert set(found["knn"]) == {"a"}
    each = [eer(*by_label(run.scores.table.of("knn", Split.TEST))) for run in a]
    assert found["knn"]["a"] == pytest.approx(np.mean(each))


def test_scores_that_were_added_later_count_if_they_are_of_the_same_protocol(
    tmp_path: Path,
) -> None:
    runs = [study_run("a", fold, folder=tmp_path) for fold in (0, 1)]
    for run in runs:
        folder = write(run)
        again = rows("other scores", run.scores.facts.protocol, 0, 9.0, ("logit", "knn"))
        facts = run.scores.table.facts | {"thresholds": {}}
        ScoreTable(again, facts).write(folder / "evaluation" / "scores.parquet")
    found = matrix(*runs)
    assert found["knn"]["a"] == pytest.approx(0, abs=0.01)
    assert found["logit"]["a"] > 0.05  # the run's own
    elsewhere = folder / "evaluation" / "scores.parquet"
    ScoreTable(again, facts | {"protocol": "another"}).write(elsewhere)
    assert "knn" not in matrix(*runs)


def test_scores_of_other_data_do_not_count(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run = study_run("a", folder=tmp_path)
    other = rows("a", "other", 0, 9.0, ("logit", "knn"))
    path = write(run) / "evaluation" / "scores.parquet"
    ScoreTable(other, run.scores.table.facts | {"thresholds": {}}).write(path)
    assert "knn" not in matrix(run)
    assert f"{path} is not of the test samples of its run" in caplog.text
