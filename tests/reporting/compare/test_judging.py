"""Figures of runs on shared draws, and what cannot be compared."""

from __future__ import annotations

import numpy as np
import pytest

from anomaly_fas.errors import DataError
from anomaly_fas.metrics.analysis import HEADLINE, error_figures
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.reporting.compare.judging import Bootstrap, Figure, Source, judge
from anomaly_fas.reporting.study import ScoreFile
from anomaly_fas.types import Split
from tests.reporting.compared_study import study_run

BOOTSTRAP = Bootstrap(20, seed=0)
EER = Figure(Split.TEST, "eer")
DEVEL_ACER = Figure(Split.DEVEL, "acer")


def sources(*seeds: int) -> list[Source]:
    return [Source(study_run("a", fold, seed).scores) for fold in (0, 1) for seed in seeds]


def test_figures_of_both_splits_are_those_of_the_scores() -> None:
    runs = sources(0, 1)
    judged = judge(runs, (EER, DEVEL_ACER), BOOTSTRAP)
    assert len(judged.values) == 4
    for run in runs:
        table = run.file.table
        threshold = table.facts["thresholds"]["logit"][HEADLINE]
        test, devel = (error_figures(table.of("logit", s), threshold) for s in ("test", "devel"))
        assert judged.values[run.key] == {EER: test["eer"], DEVEL_ACER: devel["acer"]}
        assert judged.replicates[run.key][DEVEL_ACER].shape == (20,)


def test_a_seed_has_the_mean_over_its_protocols() -> None:
    runs = sources(1, 0)
    judged = judge(runs, (EER,), BOOTSTRAP)
    seeded = judged.seeded(runs, EER)
    for place, seed in enumerate((0, 1)):
        values = [judged.values[run.key][EER] for run in runs if run.file.facts.seed == seed]
        assert len(values) == 2
        assert seeded.values[place] == pytest.approx(np.mean(values))
    drawn = [judged.replicates[run.key][EER] for run in runs]
    assert seeded.replicates == pytest.approx(np.mean(drawn, axis=0))


def test_runs_on_other_samples_are_an_error() -> None:
    odd = study_run("odd").scores
    rows = odd.table.rows.assign(sample_id=lambda own: own["sample_id"] + "x")
    file = ScoreFile(odd.path, ScoreTable(rows, odd.table.facts), odd.facts)
    with pytest.raises(DataError, match=r"odd.* scored other samples .*variants=\[model,data\]"):
        judge([*sources(0), Source(file)], (EER,), BOOTSTRAP)


def test_a_run_without_a_class_is_named() -> None:
    odd = study_run("odd").scores
    rows = odd.table.rows
    rows = rows[(rows["label"] == "attack") | (rows["split"] == "devel")].reset_index(drop=True)
    file = ScoreFile(odd.path, ScoreTable(rows, odd.table.facts), odd.facts)
    with pytest.raises(DataError, match=r"odd.*no bona fide scores on test"):
        judge([Source(file)], (EER,), BOOTSTRAP)
