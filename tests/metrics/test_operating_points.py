"""Operating points against a search over every threshold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_curve

from anomaly_fas.errors import DataError
from anomaly_fas.metrics.operating_points import apcer_at_bpcer, bpcer_at_apcer, tpr_at_fpr

scores = st.lists(st.integers(0, 9).map(float), min_size=1, max_size=20)
species = st.lists(
    st.tuples(st.sampled_from(["print", "mask", "replay"]), st.integers(0, 9).map(float)),
    min_size=1,
    max_size=20,
)
bounds = st.sampled_from([0.0, 0.01, 0.05, 0.1, 1 / 3, 0.5, 0.9])


def every_point(
    bona_fide: list[float], attacks: list[tuple[str, float]]
) -> list[tuple[float, float]]:
    """Worst APCER and BPCER at thresholds between, below and above all scores."""
    points = []
    for threshold in np.arange(-0.5, 10.5):
        rates = []
        for name in {name for name, _ in attacks}:
            own = [score for other, score in attacks if other == name]
            rates.append(sum(score < threshold for score in own) / len(own))
        rejected = sum(score >= threshold for score in bona_fide) / len(bona_fide)
        points.append((max(rates), rejected))
    return points


@given(scores, species, bounds)
def test_bpcer_at_apcer_is_the_smallest_that_keeps_the_bound(
    bona_fide: list[float], attacks: list[tuple[str, float]], bound: float
) -> None:
    names, values = zip(*attacks, strict=True)
    point = bpcer_at_apcer(bona_fide, values, names, bound)
    allowed = [bpcer for apcer, bpcer in every_point(bona_fide, attacks) if apcer <= bound + 1e-9]
    assert point.bpcer == min(allowed)
    assert point.apcer <= bound + 1e-9


@given(scores, species, bounds)
def test_apcer_at_bpcer_is_the_smallest_that_keeps_the_bound(
    bona_fide: list[float], attacks: list[tuple[str, float]], bound: float
) -> None:
    names, values = zip(*attacks, strict=True)
    point = apcer_at_bpcer(bona_fide, values, names, bound)
    allowed = [apcer for apcer, bpcer in every_point(bona_fide, attacks) if bpcer <= bound + 1e-9]
    assert point.apcer == min(allowed)
    assert point.bpcer <= bound + 1e-9


@given(scores, scores, bounds)
def test_tpr_at_fpr_is_the_highest_of_the_roc_that_keeps_the_bound(
    bona_fide: list[float], attacks: list[float], bound: float
) -> None:
    is_bona_fide = [1] * len(bona_fide) + [0] * len(attacks)
    bona_fide_scores = -np.array(bona_fide + attacks)
    fpr, tpr, _ = roc_curve(is_bona_fide, bona_fide_scores, drop_intermediate=False)
    expected = tpr[fpr <= bound + 1e-9].max()
    assert tpr_at_fpr(bona_fide, attacks, bound) == pytest.approx(expected, abs=1e-12)


def test_tpr_at_fpr_pools_the_attacks_and_stays_within_the_bound() -> None:
    attacks = [0.1] + [0.5] * 98 + [0.9]  # one of a hundred may be accepted, no second one
    assert tpr_at_fpr([0.2, 0.4, 0.5, 0.6], attacks, 0.01) == 0.5
    species = ["mask", *["print"] * 99]  # the only mask may not: BPCER100 is of the worst species
    assert bpcer_at_apcer([0.2, 0.4, 0.5, 0.6], attacks, species, 0.01).bpcer == 1.0


def test_a_missing_class_is_named() -> None:
    with pytest.raises(DataError, match="bona fide"):
        apcer_at_bpcer([], [0.5], ["print"], 0.1)
    with pytest.raises(DataError, match="bona fide"):
        bpcer_at_apcer([], [0.5], ["print"], 0.1)
    with pytest.raises(DataError, match="attack"):
        bpcer_at_apcer([0.5], [], [], 0.1)
    with pytest.raises(DataError, match="attack"):
        tpr_at_fpr([0.5], [], 0.1)
    with pytest.raises(DataError, match="bona fide"):
        tpr_at_fpr([], [0.5], 0.1)
