"""The thinned curve against scikit-learn's, point for point and to the last bit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_curve

from anomaly_fas.errors import DataError
from anomaly_fas.metrics.gradgpad.thinned_roc import thinned_roc

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
