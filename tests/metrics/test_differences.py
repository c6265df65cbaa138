"""Paired differences against known distributions; Holm's correction by hand and by its errors."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_fas.metrics.differences import holm, paired_difference
from anomaly_fas.metrics.estimate import Estimate
from anomaly_fas.metrics.intervals import Interval

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=20)


def test_the_p_value_is_twice_the_smaller_tail() -> None:
    first = np.full(999, 0.2)
    second = np.where(np.arange(999) < 9, 0.1, 0.3)  # nine replicates on the other side
    difference = paired_difference(0.2, 0.29, first, second)
    assert difference is not None
    assert difference.value == pytest.approx(-0.09)
    assert difference.p_value == pytest.approx(2 * 10 / 1000)
    swapped = paired_difference(0.29, 0.2, second, first)
    assert swapped is not None
    assert swapped.p_value == difference.p_value
    assert swapped.interval == pytest.approx((-difference.interval.high, -difference.interval.low))


def test_a_method_does_not_differ_from_itself() -> None:
    values = np.random.default_rng(0).random(200)
    difference = paired_difference(0.5, 0.5, values, values)
    assert difference == Estimate(0.0, Interval(0.0, 0.0), 1.0)


def test_the_p_value_agrees_with_a_t_test_on_normal_differences() -> None:
    from scipy import stats

    generator = np.random.default_rng(0)
    sample = generator.normal(0.2, 1.0, 100)
    replicates = sample[generator.integers(100, size=(20_000, 100))].mean(axis=1)
    difference = paired_difference(sample.mean(), 0.0, replicates, np.zeros_like(replicates))
    assert difference is not None
    assert difference.p_value == pytest.approx(stats.ttest_1samp(sample, 0).pvalue, abs=0.02)


def test_values_by_hand() -> None:
    # 4 × 0.005, 3 × 0.01, 2 × 0.03 and 1 × 0.04, which may not be less than the one before.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]) == pytest.approx([1, 1])
    assert holm([0.2]) == pytest.approx([0.2])
    assert holm([]).shape == (0,)


def test_a_comparison_that_could_not_be_made_counts_as_none() -> None:
    assert holm([np.nan, 0.02, 0.01]) == pytest.approx([np.nan, 0.02, 0.02], nan_ok=True)
    assert np.isnan(holm([np.nan, np.nan])).all()


@given(P_VALUES)
def test_between_the_raw_value_and_bonferronis_in_the_same_order(values: list[float]) -> None:
    raw, adjusted = np.array(values), holm(values)
    assert (adjusted >= raw).all()
    assert (adjusted <= np.minimum(raw * raw.size, 1)).all()
    assert (np.diff(adjusted[np.argsort(raw)]) >= 0).all()


@given(P_VALUES, st.randoms())
def test_the_order_of_the_comparisons_does_not_matter(values: list[float], random: Random) -> None:
    places = np.arange(len(values))
    random.shuffle(places)
    assert holm(np.array(values)[places]).tolist() == holm(values)[places].tolist()


def test_a_false_finding_among_many_is_rare() -> None:
    drawn = np.random.default_rng(0).random((4000, 13))
    any_found = np.mean([(holm(values) < 0.05).any() for values in drawn])
    assert any_found == pytest.approx(1 - (1 - 0.05 / 13) ** 13, abs=0.01)
    assert (drawn < 0.05).any(axis=1).mean() > 0.4  # without any correction
