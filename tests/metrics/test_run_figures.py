"""The figures that methods are compared by, against the whole evaluation and samples drawn anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from anomaly_fas.errors import DataError
from anomaly_fas.metrics.analysis import HEADLINE, devel_thresholds, error_figures
from anomaly_fas.metrics.evaluation import ScoredRun
from anomaly_fas.metrics.groups import Part
from anomaly_fas.metrics.replicates import replicate_figures
from anomaly_fas.metrics.resampling import Resampling, resample
from anomaly_fas.metrics.run_figures import COMPARED, run_figures, run_replicates
from tests.metrics.samples import score_rows, unchanged

if TYPE_CHECKING:
    import pandas as pd


def scored(seed: int, silent: float = 0.0, levels: int = 12) -> ScoredRun:
    devel = score_rows(seed, 60, levels, silent, prefix="devel")
    test = score_rows(seed + 100, 90, levels, silent, prefix="test")
    return ScoredRun(devel, test, devel_thresholds(devel))


def drawn(rows: pd.DataFrame, counts: np.ndarray) -> pd.DataFrame:
    """Each row as often as it is counted."""
    return rows.loc[rows.index.repeat(counts)].reset_index(drop=True)


@pytest.mark.parametrize("silent", [0.0, 0.2])
@pytest.mark.parametrize("seed", range(4))
def test_they_are_those_of_the_whole_analysis(seed: int, silent: float) -> None:
    run = scored(seed, silent)
    whole = error_figures(run.test, run.thresholds[HEADLINE])
    assert run_figures(run) == {name: whole[name] for name in ("eer", "acer", "auc")}
    once = run_replicates(run, unchanged(run.devel, run.test))
    for name in COMPARED:
        assert once[name] == pytest.approx([whole[name]], abs=1e-12)


@pytest.mark.parametrize("silent", [0.0, 0.2])
@pytest.mark.parametrize("levels", [3, 10_000])
def test_a_replicate_is_the_figures_of_the_samples_drawn(silent: float, levels: int) -> None:
    """The threshold of ACER taken on the devel samples that are drawn with them."""
    run = scored(3, silent, levels)
    resampling = resample(run.devel, run.test, 130, np.random.default_rng(0))
    found = run_replicates(run, resampling)
    for place in range(0, 130, 9):  # in both chunks that they are worked on in
        devel = drawn(run.devel, resampling.devel[place])
        test = drawn(run.test, resampling.test[place])
        plain = run_figures(ScoredRun(devel, test, devel_thresholds(devel)))
        for name, value in plain.items():
            assert found[name][place] == pytest.approx(value, abs=1e-9), (name, place)


def test_replicates_are_those_of_the_report() -> None:
    run = scored(5, 0.1)
    resampling = resample(run.devel, run.test, 50, np.random.default_rng(0))
    report = replicate_figures(run.devel, run.test, resampling)[HEADLINE][Part()]
    for name, values in run_replicates(run, resampling).items():
        assert values == pytest.approx(report[name], abs=1e-12)


def test_a_threshold_that_was_given_stays_in_every_replicate() -> None:
    run = scored(6)
    fixed = ScoredRun(run.devel, run.test, {HEADLINE: 0.4}, (HEADLINE,))
    resampling = resample(run.devel, run.test, 40, np.random.default_rng(0))
    found = run_replicates(fixed, resampling)
    for place, counts in enumerate(resampling.test):
        expected = error_figures(drawn(run.test, counts), 0.4)["acer"]
        assert found["acer"][place] == pytest.approx(expected)
    taken_afresh = run_replicates(run, resampling)
    assert (found["eer"] == taken_afresh["eer"]).all()
    assert (found["acer"] != taken_afresh["acer"]).any()


def test_a_replicate_without_a_class_is_not_known() -> None:
    run = scored(7)
    is_attack = (run.test["label"] == "attack").to_numpy()
    weights = np.stack([is_attack, ~is_attack, np.ones_like(is_attack)]).astype(np.uint8)
    devel = np.ones((3, len(run.devel)), np.uint8)
    devel[2] = (run.devel["label"] == "attack").to_numpy()
    found = run_replicates(run, Resampling(devel, weights))
    assert np.isnan(found["eer"]).tolist() == [True, True, False]
    assert np.isnan(found["auc"]).tolist() == [True, True, False]
    assert np.isnan(found["acer"]).tolist() == [True, True, True]  # no threshold in the last


def test_a_missing_class_is_an_error() -> None:
    run = scored(8)
    attacks = run.test[run.test["label"] == "attack"]
    with pytest.raises(DataError):
        run_figures(ScoredRun(run.devel, attacks, run.thresholds))
