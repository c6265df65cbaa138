"""Exact binomial intervals: printed values, and the probabilities that define them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from anomaly_fas.metrics.intervals import binomial_interval


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
