"""Intervals and p-values against distributions that are known."""

import numpy as np
import pytest

from anomaly_fas.metrics.bootstrap import paired_difference, percentile_interval


def test_the_interval_leaves_out_equal_shares() -> None:
    assert percentile_interval(np.arange(1001.0)) == pytest.approx((25.0, 975.0))
    assert percentile_interval(np.arange(1001.0), level=0.5) == pytest.approx((250.0, 750.0))


def test_replicates_without_the_figure_are_left_out() -> None:
    values = np.concatenate([np.arange(1001.0), np.full(500, np.nan)])
    assert percentile_interval(values) == percentile_interval(np.arange(1001.0))
    assert percentile_interval(np.full(5, np.nan)) is None


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
    assert difference == (0.0, (0.0, 0.0), 1.0)


def test_the_p_value_agrees_with_a_t_test_on_normal_differences() -> None:
    from scipy import stats

    generator = np.random.default_rng(0)
    sample = generator.normal(0.2, 1.0, 100)
    replicates = sample[generator.integers(100, size=(20_000, 100))].mean(axis=1)
    difference = paired_difference(sample.mean(), 0.0, replicates, np.zeros_like(replicates))
    assert difference is not None
    assert difference.p_value == pytest.approx(stats.ttest_1samp(sample, 0).pvalue, abs=0.02)
