"""The thinned curve and its points against scikit-learn's curve and scipy's interpolation."""

from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import interp1d
from scipy.optimize import brentq
from sklearn.metrics import roc_curve

from anomaly_fas.errors import DataError
from anomaly_fas.metrics.gradgpad.operating_points import (
    equal_error_rate,
    far_at_frr,
    frr_at_far,
    half_total_error_rate,
    operating_points,
    thinned_roc,
    threshold_at_far,
)
from anomaly_fas.metrics.gradgpad.subset import GradgpadSubset

scores = st.lists(st.floats(-2, 2, width=32), min_size=1, max_size=40)
tied = st.lists(st.integers(0, 8).map(lambda value: value / 8), min_size=1, max_size=40)


def arrays(bona_fide: list[float], attack: list[float]) -> tuple[np.ndarray, np.ndarray]:
    values = np.array([*bona_fide, *attack], dtype=np.float32)
    return values, np.arange(len(values)) >= len(bona_fide)


class CurvePoint(NamedTuple):
    far: float
    tpr: float
    threshold: float


def as_scikit_learn(values: np.ndarray, is_attack: np.ndarray) -> tuple[np.ndarray, ...]:
    far, tpr, threshold = roc_curve(is_attack.astype(int), -1.0 * values, pos_label=0)
    return far, tpr, np.clip(-1.0 * threshold, values.min(), values.max())


@given(st.one_of(st.tuples(scores, scores), st.tuples(tied, tied)))
def test_eer_agrees_with_scipy(lists: tuple[list[float], list[float]]) -> None:
    values, is_attack = arrays(*lists)
    far, tpr, threshold = as_scikit_learn(values, is_attack)
    rate = brentq(lambda x: 1.0 - x - interp1d(far, tpr)(x), 0.0, 1.0)
    found = equal_error_rate(thinned_roc(values, is_attack))
    assert found.rate == rate
    assert found.threshold == float(interp1d(far, threshold)(rate))


@given(st.one_of(st.tuples(scores, scores), st.tuples(tied, tied)), st.floats(0, 1))
def test_points_agree_with_a_search(lists: tuple[list[float], list[float]], point: float) -> None:
    values, is_attack = arrays(*lists)
    curve = thinned_roc(values, is_attack)
    rows = [CurvePoint(*row) for row in zip(*as_scikit_learn(values, is_attack), strict=True)]
    at_far = min(rows, key=lambda row: abs(row.far - point))
    at_frr = min(rows, key=lambda row: abs(1 - row.tpr - point))
    at_threshold = min(rows, key=lambda row: abs(row.threshold - point))
    assert threshold_at_far(curve, point) == at_far.threshold
    assert frr_at_far(curve, point) == 1 - at_far.tpr
    assert far_at_frr(curve, point) == at_frr.far
    assert half_total_error_rate(curve, point) == (at_threshold.far + (1 - at_threshold.tpr)) / 2


def test_a_rate_at_a_point_may_exceed_the_point() -> None:
    curve = thinned_roc(*arrays([0.1, 0.2, 0.5], [0.25, 0.6]))
    # 1/3 is the FRR nearest to 30 %; an FRR of at most 30 % is 0, at which FAR is 1/2.
    assert far_at_frr(curve, 0.3) == 0.0
    # 1/2 is the FAR nearest to 30 %.
    assert threshold_at_far(curve, 0.3) == 0.25


def test_the_eer_threshold_of_separated_classes_is_the_highest_bona_fide_score() -> None:
    found = equal_error_rate(thinned_roc(*arrays([0.125, 0.25], [0.75, 1.0])))
    assert found == (0.0, 0.25)


def test_the_threshold_at_a_fixed_frr_is_that_at_a_fixed_far() -> None:
    values, is_attack = arrays([0.1, 0.2, 0.3, 0.9], [0.4, 0.5, 0.6, 0.7, 0.8])
    subset = GradgpadSubset(values, is_attack, is_attack.astype(int), pd.DataFrame())
    points = operating_points(subset)
    # A true threshold at 30 % FRR rejects one of four bona fide samples: 0.3, not 0.4.
    assert points["far_th"]["0.3"] == points["frr_th"]["0.3"]
    assert set(points["frr_th"]) < set(points["far_th"])


coarse = st.integers(-5, 5).map(lambda value: value / 10)
fine = st.floats(-2, 2, width=32)
samples = st.one_of(
    *(
        st.lists(st.tuples(score, st.booleans()), min_size=2, max_size=60)
        for score in (coarse, fine)
    )
).filter(lambda pairs: len({is_attack for _, is_attack in pairs}) == 2)


@given(samples)
def test_it_is_the_curve_of_scikit_learn(pairs: list[tuple[float, bool]]) -> None:
    scores = np.array([score for score, _ in pairs], dtype=np.float32)
    is_attack = np.array([attack for _, attack in pairs])
    far, tpr, threshold = roc_curve(is_attack.astype(int), -1.0 * scores, pos_label=0)
    curve = thinned_roc(scores, is_attack)
    np.testing.assert_array_equal(curve.far, far)
    np.testing.assert_array_equal(curve.tpr, tpr)
    clipped = np.clip(-1.0 * threshold, scores.min(), scores.max())
    np.testing.assert_array_equal(curve.threshold, clipped)
    assert curve.threshold.dtype == clipped.dtype == np.float64


def test_the_middle_of_an_evenly_spaced_line_is_dropped() -> None:
    scores = np.array([0.1, 0.2, 0.3, 0.4, 0.5])
    curve = thinned_roc(scores, np.array([False, False, False, True, True]))
    # Kept: the start, the first point, the corner at 0.3 and the end; 0.2 and 0.4 are on lines.
    assert curve.threshold.tolist() == [0.1, 0.1, 0.3, 0.5]
    assert curve.far.tolist() == [0.0, 0.0, 0.0, 1.0]
    assert curve.tpr.tolist() == [0.0, 1 / 3, 1.0, 1.0]


@pytest.mark.parametrize(
    ("is_attack", "missing"), [(True, "bona fide samples"), (False, "attacks")]
)
def test_a_missing_class_is_named(*, is_attack: bool, missing: str) -> None:
    with pytest.raises(DataError, match=f"no {missing}"):
        thinned_roc(np.array([0.1, 0.2]), np.array([is_attack, is_attack]))
