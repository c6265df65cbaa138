"""Thresholds against their definitions, searched exhaustively."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_fas.errors import DataError
from anomaly_fas.metrics.error_rates import bpcer
from anomaly_fas.metrics.thresholds import bpcer_threshold, eer_threshold

coarse = st.lists(st.integers(0, 8).map(float), min_size=1, max_size=25)
fine = st.lists(st.floats(-1e3, 1e3, allow_nan=False), min_size=1, max_size=25)


def exhaustive_eer_threshold(bona_fide: list[float], attack: list[float]) -> float:
    values = sorted(set(bona_fide + attack))
    best, best_gap = values[0], Fraction(10)
    for low, high in itertools.pairwise(values):
        missed = Fraction(sum(score <= low for score in attack), len(attack))
        alarms = Fraction(sum(score >= high for score in bona_fide), len(bona_fide))
        if abs(missed - alarms) < best_gap:
            best, best_gap = (low + high) / 2, abs(missed - alarms)
    return best


@given(coarse, coarse)
def test_eer_threshold_is_the_lowest_best_midpoint(
    bona_fide: list[float], attack: list[float]
) -> None:
    assert eer_threshold(bona_fide, attack) == exhaustive_eer_threshold(bona_fide, attack)


def test_eer_threshold_breaks_ties_downwards() -> None:
    # At 1.5 APCER is 0 and BPCER 1/2, at 2.5 it is the other way round.
    assert eer_threshold([1.0, 2.0], [2.0, 3.0]) == 1.5


def test_a_midpoint_that_rounds_down_is_the_upper_score() -> None:
    low, high = 1.0, float(np.nextafter(1.0, 2.0))
    assert eer_threshold([low], [high]) == high


def test_equal_scores_separate_nothing() -> None:
    assert eer_threshold([0.3, 0.3], [0.3]) == 0.3


@pytest.mark.parametrize(
    ("bona_fide", "attack", "missing"), [([], [1.0], "bona fide"), ([1.0], [], "attack")]
)
def test_eer_threshold_needs_both_classes(
    bona_fide: list[float], attack: list[float], missing: str
) -> None:
    with pytest.raises(DataError, match=f"no {missing} scores"):
        eer_threshold(bona_fide, attack)


@given(fine, st.sampled_from([0.0, 0.01, 0.05, 0.1, 0.5, 0.99]))
def test_bpcer_threshold_is_the_lowest_that_keeps_the_target(
    bona_fide: list[float], target: float
) -> None:
    threshold = bpcer_threshold(bona_fide, target)
    assert bpcer(bona_fide, threshold) <= target + 1e-9
    lower = [score for score in bona_fide if score < threshold]
    # The next threshold down that rejects more would start at the highest score accepted now.
    assert lower
    assert bpcer(bona_fide, max(lower)) > target


def test_bpcer_threshold_by_hand() -> None:
    scores = np.arange(100.0)
    assert bpcer_threshold(scores, 0.01) == 98.5
    assert bpcer_threshold(scores, 0.05) == 94.5
    assert bpcer_threshold(scores, 0.0) == np.nextafter(99.0, np.inf)


@pytest.mark.parametrize("target", [-0.1, 1.0])
def test_bpcer_target_out_of_range(target: float) -> None:
    with pytest.raises(DataError, match="fraction"):
        bpcer_threshold([0.1], target)
