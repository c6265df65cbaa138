"""Intervals and p-values against distributions that are known."""

import numpy as np
import pytest

from anomaly_fas.metrics.bootstrap import (
    bias_corrected_interval,
    paired_difference,
    percentile_interval,
)
from anomaly_fas.metrics.estimate import Estimate
from anomaly_fas.metrics.intervals import Interval


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
    assert difference == Estimate(0.0, Interval(0.0, 0.0), 1.0)


def test_the_p_value_agrees_with_a_t_test_on_normal_differences() -> None:
    from scipy import stats

    generator = np.random.default_rng(0)
    sample = generator.normal(0.2, 1.0, 100)
    replicates = sample[generator.integers(100, size=(20_000, 100))].mean(axis=1)
    difference = paired_difference(sample.mean(), 0.0, replicates, np.zeros_like(replicates))
    assert difference is not None
    assert difference.p_value == pytest.approx(stats.ttest_1samp(sample, 0).pvalue, abs=0.02)


def test_a_figure_in_the_middle_of_its_replicates_is_not_corrected() -> None:
    values = np.random.default_rng(0).normal(size=2001)
    found = bias_corrected_interval(float(np.median(values)), values)
    assert found == pytest.approx(percentile_interval(values), abs=0.01)
    assert bias_corrected_interval(0.0, np.full(4, np.nan)) is None


def test_the_correction_by_hand() -> None:
    # 84.13 % of the replicates lie below, one standard deviation: the bounds are the shares below
    # 2 - 1.96 and 2 + 1.96 standard deviations, 51.6 and 99.996 %.
    low, high = bias_corrected_interval(8413.0, np.arange(10_001.0)) or (0, 0)
    assert (low, high) == pytest.approx((5160, 9999.6), abs=3)


def test_the_interval_of_a_maximum_covers_more_often() -> None:
    generator = np.random.default_rng(0)
    truth, covered = 0.16, {"percentile": 0, "corrected": 0}
    for _ in range(150):
        rates = generator.binomial(150, truth, size=5) / 150
        draws = (generator.binomial(150, rates, size=(400, 5)) / 150).max(axis=1)
        intervals = {
            "percentile": percentile_interval(draws),
            "corrected": bias_corrected_interval(rates.max(), draws),
        }
        for name, interval in intervals.items():
            assert interval is not None
            covered[name] += interval.low <= truth <= interval.high
    assert covered["corrected"] > 1.4 * covered["percentile"]
    assert covered["corrected"] > 0.7 * 150
