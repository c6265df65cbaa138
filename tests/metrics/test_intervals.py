"""Intervals against printed tables, the probabilities that define them, and distributions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from anomaly_fas.metrics.intervals import (
    bias_corrected_interval,
    binomial_interval,
    percentile_interval,
)


def test_values_of_a_printed_table() -> None:
    # Clopper-Pearson 95 % for 0, 1 and 5 of 10, as statistical tables print them.
    assert binomial_interval(0, 10) == pytest.approx((0.0, 0.3085), abs=5e-5)
    assert binomial_interval(1, 10) == pytest.approx((0.0025, 0.4450), abs=5e-5)
    assert binomial_interval(5, 10) == pytest.approx((0.1871, 0.8129), abs=5e-5)


def test_no_samples_say_nothing() -> None:
    assert binomial_interval(0, 0) == (0.0, 1.0)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_at_each_bound_the_observation_lies_at_a_tail_of_2_5_percent(case: tuple[int, int]) -> None:
    errors, total = case
    low, high = binomial_interval(errors, total)
    assert low <= errors / total <= high
    if errors > 0:
        assert binom.sf(errors - 1, total, low) == pytest.approx(0.025, rel=1e-6)
    if errors < total:
        assert binom.cdf(errors, total, high) == pytest.approx(0.025, rel=1e-6)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_scipy_gives_the_same(case: tuple[int, int]) -> None:
    expected = binomtest(*case).proportion_ci(0.95, method="exact")
    assert binomial_interval(*case) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_the_interval_leaves_out_equal_shares() -> None:
    assert percentile_interval(np.arange(1001.0)) == pytest.approx((25.0, 975.0))
    assert percentile_interval(np.arange(1001.0), level=0.5) == pytest.approx((250.0, 750.0))


def test_replicates_without_the_figure_are_left_out() -> None:
    values = np.concatenate([np.arange(1001.0), np.full(500, np.nan)])
    assert percentile_interval(values) == percentile_interval(np.arange(1001.0))
    assert percentile_interval(np.full(5, np.nan)) is None


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
