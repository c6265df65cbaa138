"""Every replicate against the plain functions on the samples that it draws."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_fas.metrics.analysis import HEADLINE, by_label, devel_thresholds, error_figures
from anomaly_fas.metrics.curves import det_curve
from anomaly_fas.metrics.groups import Part
from anomaly_fas.metrics.replicates import det_replicates, replicate_figures
from anomaly_fas.metrics.resampling import resample
from tests.metrics.samples import score_rows, unchanged

PARTS = ("dataset", "device", "lighting", "sex", "age")


def drawn(rows: pd.DataFrame, weights: np.ndarray) -> pd.DataFrame:
    return rows.loc[rows.index.repeat(weights)].reset_index(drop=True)


def both_classes(rows: pd.DataFrame) -> bool:
    return rows.dropna(subset=["score"])["label"].nunique() == 2


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000), st.integers(4, 60), st.sampled_from([2, 5, 1000]), st.booleans())
def test_figures_are_those_of_the_samples_drawn(
    seed: int, samples: int, levels: int, silent: bool
) -> None:
    share = 0.2 if silent else 0.0
    devel = score_rows(seed, samples, levels, share, "d")
    test = score_rows(seed + 1, samples + 7, levels, share, "t")
    resampling = resample(devel, test, 6, np.random.default_rng(seed))
    replicates = replicate_figures(devel, test, resampling)
    for number, (tuning, judging) in enumerate(zip(resampling.devel, resampling.test, strict=True)):
        tuned, judged = drawn(devel, tuning), drawn(test, judging)
        if not both_classes(tuned):
            rates = replicates[HEADLINE][Part()]
            assert all(np.isnan(rates[name][number]) for name in ("apcer", "bpcer", "acer"))
            continue
        if not both_classes(judged):
            continue
        for name, threshold in devel_thresholds(tuned).items():
            ours = {key: own[number] for key, own in replicates[name][Part()].items()}
            for key, value in error_figures(judged, threshold).items():
                if key in ours:
                    assert ours[key] == pytest.approx(value, abs=1e-12), (name, key)


def test_the_headline_threshold_has_every_figure() -> None:
    devel, test = score_rows(0, 50, prefix="d"), score_rows(1, 50, silent=0.2, prefix="t")
    replicates = replicate_figures(devel, test, unchanged(devel, test))
    expected = error_figures(test, devel_thresholds(devel)[HEADLINE])
    assert expected.keys() <= replicates[HEADLINE][Part()].keys()


@pytest.mark.parametrize("column", PARTS)
def test_a_part_has_the_figures_of_its_rows(column: str) -> None:
    devel, test = score_rows(0, 80, prefix="d"), score_rows(1, 80, prefix="t")
    threshold = devel_thresholds(devel)[HEADLINE]
    found = replicate_figures(devel, test, unchanged(devel, test))[HEADLINE]
    values = sorted(set(test[column]) - {""})
    assert sorted(part.value for part in found if part.column == column) == values
    for value in values:
        expected = error_figures(test[test[column] == value], threshold)
        own = {name: rate.item() for name, rate in found[Part(column, value)].items()}
        for name in ("apcer", "bpcer", "acer", "hter", "apcer/print"):
            assert own[name] == pytest.approx(expected[name], abs=1e-12)


def test_a_threshold_that_is_given_is_the_same_in_every_replicate() -> None:
    devel, test = score_rows(0, 40, prefix="d"), score_rows(1, 40, prefix="t")
    resampling = resample(devel, test, 5, np.random.default_rng(0))
    found = replicate_figures(devel, test, resampling, {"given": 0.5}, headline="given")
    expected = [error_figures(drawn(test, weights), 0.5)["bpcer"] for weights in resampling.test]
    assert found["given"][Part()]["bpcer"].tolist() == pytest.approx(expected)
    assert any(part.column == "sex" for part in found["given"])


def test_a_species_that_a_replicate_misses_is_not_its_worst() -> None:
    test = score_rows(0, 40)
    test.loc[test["pai"] == "mask", ["dataset", "subject"]] = "one", "masked"
    resampling = resample(test, test, 40, np.random.default_rng(0))
    found = replicate_figures(test, test, resampling)[HEADLINE][Part()]
    missed = np.isnan(found["apcer/mask"])
    assert missed.any()
    assert not np.isnan(found["apcer"]).any()


def test_det_replicates_are_the_smallest_bpcer_that_keeps_each_apcer() -> None:
    test = score_rows(3, 60, levels=7)
    grid = np.array([0.0, 0.05, 0.2, 0.5, 0.99])
    resampling = resample(test, test, 8, np.random.default_rng(0))
    found = det_replicates(test, resampling, grid)
    for number, weights in enumerate(resampling.test):
        curve = det_curve(*by_label(drawn(test, weights)))
        expected = [curve.bpcer[curve.apcer <= bound + 1e-9].min() for bound in grid]
        assert found[number].tolist() == pytest.approx(expected)
