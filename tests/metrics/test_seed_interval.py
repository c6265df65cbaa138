"""Intervals over seeds and subjects: limits known by hand, and how often they hold the truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_fas.metrics.joint_resampling import Clusters
from anomaly_fas.metrics.seed_interval import seed_mean, sureness


def test_without_chance_of_subjects_it_is_the_t_interval_of_the_seeds() -> None:
    mean = seed_mean([0.1, 0.2, 0.3], np.full(50, 0.2), Clusters(24, 4))
    assert mean.value == pytest.approx(0.2)
    assert mean.seed_error == pytest.approx(0.1 / 3**0.5)
    assert mean.subject_error == pytest.approx(0)
    # 4.30265 is the 97.5 % quantile of t with 2 degrees of freedom, from a table.
    assert mean.interval == pytest.approx((0.2 - 0.2484135, 0.2 + 0.2484135), abs=1e-6)


def test_equal_seeds_leave_the_chance_of_subjects() -> None:
    replicates = np.array([0.2, 0.4] * 100)  # standard deviation 0.1
    mean = seed_mean([0.3, 0.3], replicates, Clusters(20, 10))
    # 2.228139 is the quantile with 10 degrees of freedom; 0.01 · 20 / 10 the variance.
    assert mean.subject_error**2 == pytest.approx(0.02)
    half = 2.228139 * 0.02**0.5
    assert mean.interval == pytest.approx((0.3 - half, 0.3 + half), abs=1e-6)


def test_equal_parts_add_and_share_their_freedom() -> None:
    values = [-1.0, 0.0, 1.0]  # variance of the mean 1/3, 2 degrees of freedom
    replicates = np.array([-1.0, 1.0]) / 6**0.5  # variance 1/6, of 4 subjects in 2 strata 1/3
    mean = seed_mean(values, replicates, Clusters(4, 2))
    # (2/3)² / ((1/3)²/2 + (1/3)²/2) = 4 degrees of freedom, quantile 2.776445.
    assert mean.interval == pytest.approx((-2.266957, 2.266957), abs=1e-5)


def test_a_single_seed_says_nothing_of_others() -> None:
    mean = seed_mean([0.3], np.array([0.2, 0.4, np.nan]), Clusters(6, 3))
    assert mean.interval is None
    assert np.isnan(mean.seed_error)
    assert mean.subject_error == pytest.approx(0.1 * 2**0.5)


def test_one_subject_a_stratum_says_nothing_of_others() -> None:
    mean = seed_mean([0.2, 0.4], np.full(10, 0.3), Clusters(4, 4))
    assert mean.value == pytest.approx(0.3)
    assert mean.interval is None
    assert np.isnan(mean.subject_error)
    assert mean.seed_error == pytest.approx(0.1)


def test_seeds_and_subjects_that_change_nothing_leave_the_figure() -> None:
    assert seed_mean([0.5, 0.5], np.full(3, 0.5), Clusters(6, 1)).interval == (0.5, 0.5)


@pytest.mark.parametrize(("seed_spread", "subject_spread"), [(1.0, 0.3), (0.3, 1.0), (0.1, 3.0)])
def test_about_95_of_100_intervals_hold_the_truth(
    seed_spread: float, subject_spread: float
) -> None:
    """Three seeds on the same 12 subjects of 3 strata, effects of both and of their meeting."""
    generator = np.random.default_rng(1)
    held = []
    for _ in range(400):
        seeds = seed_spread * generator.normal(size=(3, 1))
        subjects = subject_spread * generator.normal(size=(1, 12))
        scores = seeds + subjects + 0.3 * generator.normal(size=(3, 12))
        drawn = generator.integers(4, size=(200, 12)) + np.repeat([0, 4, 8], 4)
        replicates = scores.mean(axis=0)[drawn].mean(axis=1)
        mean = seed_mean(scores.mean(axis=1), replicates, Clusters(12, 3))
        low, high = mean.interval or (1, -1)
        held.append(low <= 0 <= high)
    assert 0.92 <= np.mean(held) <= 0.99


VARIANCE = st.floats(1e-6, 1e6)
FREEDOM = st.integers(1, 100)


@given(VARIANCE, FREEDOM, VARIANCE, FREEDOM)
def test_a_sum_is_surer_than_its_less_sure_part_and_less_than_both_together(
    first: float, first_freedom: int, second: float, second_freedom: int
) -> None:
    freedom = sureness(first, first_freedom, second, second_freedom)
    assert freedom >= min(first_freedom, second_freedom) * (1 - 1e-9)
    assert freedom <= (first_freedom + second_freedom) * (1 + 1e-9)
    assert freedom == pytest.approx(sureness(second, second_freedom, first, first_freedom))


def test_sureness_by_hand() -> None:
    assert sureness(1.0, 5, 1.0, 5) == pytest.approx(10)
    assert sureness(3.0, 2, 0.0, 9) == pytest.approx(2)
    assert sureness(2.0, 2, 1.0, 1) == pytest.approx(9 / (4 / 2 + 1 / 1))
    assert sureness(0.0, 2, 0.0, 9) == 11
