"""Scores of a run: which thresholds count, and what cannot be evaluated."""

import numpy as np
import pytest

from anomaly_fas.errors import DataError
from anomaly_fas.metrics.analysis import devel_thresholds
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.metrics.scored_run import GIVEN, scored_run
from tests.reporting.studies import scored


def table(not_on_devel: str = "") -> ScoreTable:
    rows = scored(0, 0.5, "mine")
    gone = (rows["split"] == "devel") & (rows["label"] == not_on_devel)
    return ScoreTable(rows[~gone])


def test_thresholds_are_taken_on_devel_where_none_are_stored() -> None:
    run = scored_run(table(), "mine", "eer")
    assert run.thresholds == devel_thresholds(run.devel)
    assert run.fixed == ()


def test_a_given_threshold_stands_beside_those_of_devel() -> None:
    run = scored_run(table(), "mine", 0.7)
    assert run.thresholds[GIVEN] == 0.7
    assert "bpcer_5" in run.thresholds
    assert run.fixed == (GIVEN,)


def test_thresholds_from_elsewhere_stay_as_they_are_in_every_replicate() -> None:
    own = table()
    stored = scored_run(own, "mine", "eer").thresholds
    near = ScoreTable(own.rows, {"thresholds": {"mine": stored}})
    assert scored_run(near, "mine", "eer").fixed == ()
    moved = {name: value + 0.1 for name, value in stored.items()}
    far = scored_run(ScoreTable(own.rows, {"thresholds": {"mine": moved}}), "mine", "eer")
    assert far.thresholds == moved
    assert set(far.fixed) == set(moved)


def test_devel_without_attacks_still_gives_thresholds_at_a_bpcer() -> None:
    with pytest.raises(DataError, match=r"no attack scores on devel.*threshold=bpcer_1, bpcer_5"):
        scored_run(table(not_on_devel="attack"), "mine", "eer")
    assert "eer" not in scored_run(table(not_on_devel="attack"), "mine", "bpcer_5").thresholds


def test_devel_without_bona_fide_samples_needs_a_given_threshold() -> None:
    with pytest.raises(DataError, match=r"no bona fide devel scores.*threshold=0\.5"):
        scored_run(table(not_on_devel="bona_fide"), "mine", "bpcer_5")
    assert scored_run(table(not_on_devel="bona_fide"), "mine", 0.5).thresholds == {GIVEN: 0.5}


def test_a_test_split_of_one_class_cannot_be_evaluated() -> None:
    rows = scored(0, 0.5, "mine")
    alone = rows[(rows["split"] == "devel") | (rows["label"] == "attack")]
    with pytest.raises(DataError, match="no bona fide scores on test"):
        scored_run(ScoreTable(alone), "mine", "eer")
    silent = rows.assign(score=rows["score"].where(rows["label"] == "bona_fide", np.nan))
    with pytest.raises(DataError, match="no attack scores on test"):
        scored_run(ScoreTable(silent), "mine", 0.5)
