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
from anomaly_fas.metrics.resampling import Resampling, resample
from anomaly_fas.metrics.scored_run import ScoredRun
from tests.metrics.samples import score_rows, unchanged
from tests.nonempty import nonempty

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
    for number, (tuning, judging) in nonempty(
        enumerate(zip(resampling.devel, resampling.test, strict=True))
    ):
        tuned, judged = drawn(devel, tuning), drawn(test, judging)
        if not both_classes(tuned):
            rates = replicates[HEADLINE][Part()]
            assert all(np.isnan(rates[name][number]) for name in ("apcer", "bpcer", "acer"))
            continue
        if not both_classes(judged):
            continue
        for name, threshold in nonempty(devel_thresholds(tuned).items()):
            ours = {key: own[number] for key, own in replicates[name][Part()].items()}
            for key, value in nonempty(error_figures(judged, threshold).items()):
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
    for number, weights in nonempty(enumerate(resampling.test)):
        curve = det_curve(*by_label(drawn(test, weights)))
        expected = [curve.bpcer[curve.apcer <= bound + 1e-9].min() for bound in grid]
        assert found[number].tolist() == pytest.approx(expected)


CHOSEN = ("eer", "acer", "auc")


def scored(seed: int, silent: float = 0.0, levels: int = 12) -> ScoredRun:
    devel = score_rows(seed, 60, levels, silent, prefix="devel")
    test = score_rows(seed + 100, 90, levels, silent, prefix="test")
    return ScoredRun(devel, test, devel_thresholds(devel))


def chosen(run: ScoredRun, resampling: Resampling) -> dict[str, np.ndarray]:
    figures = replicate_figures(run.devel, run.test, resampling, run.given, names=CHOSEN)
    (by_part,) = figures.values()  # of the headline threshold alone
    assert by_part.keys() == {Part()}
    assert by_part[Part()].keys() == set(CHOSEN)
    return by_part[Part()]


@pytest.mark.parametrize("silent", [0.0, 0.2])
@pytest.mark.parametrize("seed", range(4))
def test_chosen_figures_are_those_of_the_whole_analysis(seed: int, silent: float) -> None:
    run = scored(seed, silent)
    whole = error_figures(run.test, run.thresholds[HEADLINE])
    once = chosen(run, unchanged(run.devel, run.test))
    for name in CHOSEN:
        assert once[name] == pytest.approx([whole[name]], abs=1e-12)


@pytest.mark.parametrize("silent", [0.0, 0.2])
@pytest.mark.parametrize("levels", [3, 10_000])
def test_chosen_figures_are_those_of_the_samples_drawn(silent: float, levels: int) -> None:
    """The threshold of ACER taken on the devel samples that are drawn with them."""
    run = scored(3, silent, levels)
    resampling = resample(run.devel, run.test, 130, np.random.default_rng(0))
    found = chosen(run, resampling)
    for place in range(0, 130, 9):  # in both chunks that they are worked on in
        devel = drawn(run.devel, resampling.devel[place])
        test = drawn(run.test, resampling.test[place])
        plain = error_figures(test, devel_thresholds(devel)[HEADLINE])
        for name in CHOSEN:
            assert found[name][place] == pytest.approx(plain[name], abs=1e-9), (name, place)


def test_chosen_figures_are_those_among_all() -> None:
    run = scored(5, 0.1)
    resampling = resample(run.devel, run.test, 50, np.random.default_rng(0))
    report = replicate_figures(run.devel, run.test, resampling)[HEADLINE][Part()]
    for name, values in nonempty(chosen(run, resampling).items()):
        assert values == pytest.approx(report[name], abs=1e-12)
    points = replicate_figures(run.devel, run.test, resampling, names=("bpcer20", "tpr_at_fpr_1"))
    for name, values in nonempty(points[HEADLINE][Part()].items()):
        assert values == pytest.approx(report[name], abs=1e-12)


def test_a_given_threshold_stays_in_every_replicate() -> None:
    run = scored(6)
    fixed = ScoredRun(run.devel, run.test, {HEADLINE: 0.4}, (HEADLINE,))
    resampling = resample(run.devel, run.test, 40, np.random.default_rng(0))
    found = chosen(fixed, resampling)
    for place, counts in nonempty(enumerate(resampling.test)):
        expected = error_figures(drawn(run.test, counts), 0.4)["acer"]
        assert found["acer"][place] == pytest.approx(expected)
    taken_afresh = chosen(run, resampling)
    assert (found["eer"] == taken_afresh["eer"]).all()
    assert (found["acer"] != taken_afresh["acer"]).any()


def test_a_replicate_without_a_class_is_not_known() -> None:
    run = scored(7)
    is_attack = (run.test["label"] == "attack").to_numpy()
    weights = np.stack([is_attack, ~is_attack, np.ones_like(is_attack)]).astype(np.uint8)
    devel = np.ones((3, len(run.devel)), np.uint8)
    devel[2] = (run.devel["label"] == "attack").to_numpy()
    found = chosen(run, Resampling(devel, weights))
    assert np.isnan(found["eer"]).tolist() == [True, True, False]
    assert np.isnan(found["auc"]).tolist() == [True, True, False]
    assert np.isnan(found["acer"]).tolist() == [True, True, True]  # no threshold in the last
