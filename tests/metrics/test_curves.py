"""Curves against scikit-learn, ties included."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score, roc_curve

from anomaly_fas.metrics.curves import auc, det_curve, eer
from anomaly_fas.metrics.error_rates import apcer, bpcer
from tests.nonempty import nonempty

scores = st.lists(st.integers(0, 10).map(lambda value: value / 10), min_size=1, max_size=40)


@given(scores, scores)
def test_auc_agrees_with_scikit_learn(bona_fide: list[float], attack: list[float]) -> None:
    truth = [0] * len(bona_fide) + [1] * len(attack)
    assert auc(bona_fide, attack) == pytest.approx(roc_auc_score(truth, bona_fide + attack))


@given(scores, scores)
def test_det_curve_agrees_with_scikit_learn(bona_fide: list[float], attack: list[float]) -> None:
    truth = [0] * len(bona_fide) + [1] * len(attack)
    false_positive, true_positive, _ = roc_curve(truth, bona_fide + attack, drop_intermediate=False)
    curve = det_curve(bona_fide, attack)
    np.testing.assert_allclose(curve.bpcer[::-1], false_positive, atol=1e-12)
    np.testing.assert_allclose(curve.apcer[::-1], 1 - true_positive, atol=1e-12)


@given(scores, scores)
def test_det_points_are_the_rates_at_their_thresholds(
    bona_fide: list[float], attack: list[float]
) -> None:
    for threshold, missed, alarms in nonempty(zip(*det_curve(bona_fide, attack), strict=True)):
        assert missed == pytest.approx(apcer(attack, threshold))
        assert alarms == pytest.approx(bpcer(bona_fide, threshold))


def test_eer_by_hand() -> None:
    assert eer([0.1, 0.2, 0.6, 0.3], [0.4, 0.8, 0.9, 0.7]) == 0.25
    assert eer([0.1, 0.2], [0.8, 0.9]) == 0.0
    # At 0.6: one of two bona fide samples rejected, two of four attacks missed.
    assert eer([0.2, 0.9], [0.1, 0.5, 0.7, 0.8]) == 0.5
    # At 0.35 the rates are 1/3 and 1/2, nearer than anywhere else.
    assert eer([0.2, 0.9], [0.1, 0.5, 0.8]) == pytest.approx((1 / 3 + 1 / 2) / 2)
