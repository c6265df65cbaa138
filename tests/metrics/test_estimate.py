"""Means and differences over seeds and subjects: by hand, as properties, how often they hold."""

from __future__ import annotations

from math import inf, isnan, nan

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anomaly_fas.metrics.estimate import (
    Estimate,
    SeededFigure,
    estimate,
    pooled_freedom,
    ratio_interval,
    student_t,
)
from anomaly_fas.metrics.intervals import Interval
from anomaly_fas.metrics.resampling import Clusters

NINE = Clusters(9, 3)


def figure(values: list[float], replicates: list[float]) -> SeededFigure:
    return SeededFigure(np.array(values), np.array(replicates))


def test_one_seed_has_the_chance_of_subjects_alone() -> None:
    made = estimate(figure([0.3], [0.2, 0.4, nan, 0.2, 0.4]), NINE)
    assert made.value == 0.3
    assert made.standard_error == pytest.approx(0.1 * (9 / 6) ** 0.5)
    # 2.446912 is the 97.5 % quantile of t with 6 degrees of freedom, from a table.
    half = 2.446912 * 0.1 * (9 / 6) ** 0.5
    assert made.interval == pytest.approx((0.3 - half, 0.3 + half), abs=1e-6)


def test_seeds_and_subjects_add_their_variances_and_share_freedom() -> None:
    values = [-1.0, 0.0, 1.0]  # variance of the mean 1/3, 2 degrees of freedom
    spread = (1 / 3 * 2 / 3) ** 0.5  # 3 subjects of a stratum: times 3/2
    made = estimate(figure(values, [-spread, spread]), Clusters(3, 1))
    assert made.standard_error**2 == pytest.approx(2 / 3)
    # 2.776445 is the quantile with 4 degrees of freedom.
    assert made.interval == pytest.approx((-2.266957, 2.266957), abs=1e-5)


def test_the_p_value_is_that_of_students_t() -> None:
    # By a table, t beyond ±2.446912 and ±3.707428 has 5 % and 1 % with 6 degrees of freedom.
    for value, expected in ((2.446912, 0.05), (-3.707428, 0.01), (0.0, 1.0)):
        _, p_value = student_t(value, 1.0, 6.0)
        assert p_value == pytest.approx(expected, abs=1e-6)


@given(st.floats(-1, 1), st.floats(1e-3, 1), st.floats(1, 50), st.floats(0.01, 0.99))
def test_an_interval_leaves_out_0_where_p_is_below_its_level(
    value: float, error: float, freedom: float, level: float
) -> None:
    interval, p_value = student_t(value, error, freedom, level)
    assume(abs(p_value - (1 - level)) > 1e-9)
    low, high = interval or (nan, nan)
    assert (low <= 0 <= high) == (p_value > 1 - level)


@pytest.mark.parametrize("clusters", [Clusters(3, 3), Clusters(1, 1)])
def test_one_subject_a_test_set_says_nothing_of_others(clusters: Clusters) -> None:
    made = estimate(figure([0.1, 0.2], [0.1, 0.2]), clusters)
    assert made.value == pytest.approx(0.15)
    assert isnan(made.standard_error)
    assert made.interval is None
    assert isnan(made.p_value)


def test_what_never_varies_has_no_interval_of_width_0() -> None:
    perfect, bad = figure([0.0], [0.0] * 9), figure([0.1 + 0.2], [0.3] * 9)
    assert estimate(perfect, NINE).interval is None
    assert isnan(estimate(bad.less(perfect), NINE).p_value)
    same = estimate(bad.less(bad), NINE)
    assert (same.value, same.p_value, same.interval) == (0, 1, None)
    assert ratio_interval(bad, perfect, NINE) is None
    assert ratio_interval(bad, bad, NINE) is None


def test_replicates_that_all_lack_a_class_say_nothing() -> None:
    assert estimate(figure([0.1], [nan, nan]), NINE).interval is None


def test_fiellers_interval_by_hand() -> None:
    """Independent means 2 and 4 of variances 0.04 and 0.01, for a quantile of 2.446912."""
    corners = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]]) * (6 / 9) ** 0.5
    first = SeededFigure(np.array([2.0]), 2 + 0.2 * corners[:, 0])
    second = SeededFigure(np.array([4.0]), 4 + 0.1 * corners[:, 1])
    low, high = ratio_interval(first, second, NINE) or (nan, nan)
    for bound in (low, high):  # where the difference is 2.446912 standard errors from 0
        distance = abs(2 - bound * 4) / (0.04 + bound**2 * 0.01) ** 0.5
        assert distance == pytest.approx(2.446912, abs=1e-5)
    assert 0 < low < 0.5 < high < 1


def test_a_small_first_figure_may_be_none_and_an_unsure_second_bounds_nothing() -> None:
    sure, unsure = [0.4, 0.41, 0.39], [0.01, 0.3, 0.02]
    small = ratio_interval(figure([0.02], [0.0, 0.04, 0.02]), figure([0.4], sure), NINE)
    assert small is not None
    assert small.low == 0
    assert small.high < 1
    high = ratio_interval(figure([0.4], sure), figure([0.1], unsure), NINE)
    assert high is not None
    assert high.low > 0
    assert high.high == inf


RATES = st.integers(0, 100).map(lambda number: number / 100)
SEEDED = st.integers(1, 4).flatmap(
    lambda seeds: st.tuples(
        *(
            st.tuples(
                arrays(float, seeds, elements=RATES),
                arrays(float, 8, elements=RATES),
            )
            for _ in range(2)
        )
    )
)


@settings(max_examples=300)
@given(SEEDED, st.integers(1, 3))
def test_a_ratio_leaves_out_1_where_the_difference_leaves_out_0(
    drawn: tuple[tuple[np.ndarray, np.ndarray], ...], strata: int
) -> None:
    first, second = (SeededFigure(*own) for own in drawn)
    clusters = Clusters(5, strata)
    ratio = ratio_interval(first, second, clusters)
    assume(ratio is not None)
    assert ratio is not None
    low, high = estimate(first.less(second), clusters).interval or (nan, nan)
    assume(min(abs(low), abs(high)) > 1e-6)
    assert 0 <= ratio.low <= ratio.high
    assert (ratio.low <= 1 <= ratio.high) == (low <= 0 <= high)
    value = first.values.mean() / second.values.mean()
    assert ratio.low - 1e-6 * (1 + value) <= value <= ratio.high + 1e-6 * (1 + value)


@pytest.mark.parametrize(("seed_spread", "subject_spread"), [(1.0, 0.5), (0.2, 1.0)])
@pytest.mark.parametrize("seeds", [1, 3])
def test_about_95_of_100_intervals_hold_the_true_difference(
    seeds: int, seed_spread: float, subject_spread: float
) -> None:
    """Two methods on the same 4 folds of 3 subjects; those of one seed speak for that seed."""
    generator = np.random.default_rng(1)
    held = []
    for _ in range(400):
        seed_effect = seed_spread * generator.normal(size=(2, seeds, 1)) * (seeds > 1)
        subjects = subject_spread * generator.normal(size=(2, 1, 12)) + generator.normal(size=12)
        scores = seed_effect + subjects + 0.3 * generator.normal(size=(2, seeds, 12))
        drawn = generator.integers(3, size=(200, 4, 3)) + 3 * np.arange(4)[:, None]
        per_subject = scores.mean(axis=1)
        first, second = (
            SeededFigure(own.mean(axis=1), mean[drawn].mean(axis=(1, 2)))
            for own, mean in zip(scores, per_subject, strict=True)
        )
        made = estimate(first.less(second), Clusters(12, 4))
        low, high = made.interval or (nan, nan)
        held.append(low <= 0 <= high)
    assert 0.92 <= np.mean(held) <= 0.99


def test_without_chance_of_subjects_it_is_the_t_interval_of_the_seeds() -> None:
    mean = estimate(figure([0.1, 0.2, 0.3], [0.2] * 50), Clusters(24, 4))
    assert mean.value == pytest.approx(0.2)
    assert mean.seed_error == pytest.approx(0.1 / 3**0.5)
    assert mean.subject_error == pytest.approx(0)
    # 4.30265 is the 97.5 % quantile of t with 2 degrees of freedom, from a table.
    assert mean.interval == pytest.approx((0.2 - 0.2484135, 0.2 + 0.2484135), abs=1e-6)


def test_equal_seeds_leave_the_chance_of_subjects() -> None:
    mean = estimate(figure([0.3, 0.3], [0.2, 0.4] * 100), Clusters(20, 10))
    # 2.228139 is the quantile with 10 degrees of freedom; 0.01 · 20 / 10 the variance.
    assert mean.subject_error**2 == pytest.approx(0.02)
    half = 2.228139 * 0.02**0.5
    assert mean.interval == pytest.approx((0.3 - half, 0.3 + half), abs=1e-6)


def test_equal_parts_add_and_share_their_freedom() -> None:
    # Variance of the mean over seeds 1/3; of the replicates 1/6, of 4 subjects in 2 strata 1/3.
    mean = estimate(figure([-1.0, 0.0, 1.0], [-(6**-0.5), 6**-0.5]), Clusters(4, 2))
    # (2/3)² / ((1/3)²/2 + (1/3)²/2) = 4 degrees of freedom, quantile 2.776445.
    assert mean.interval == pytest.approx((-2.266957, 2.266957), abs=1e-5)


def test_a_single_seed_has_no_error_from_seeds() -> None:
    mean = estimate(figure([0.3], [0.2, 0.4, nan]), Clusters(6, 3))
    assert isnan(mean.seed_error)
    assert mean.subject_error == mean.standard_error == pytest.approx(0.1 * 2**0.5)


def test_one_subject_per_stratum_leaves_the_error_from_seeds() -> None:
    mean = estimate(figure([0.2, 0.4], [0.3] * 10), Clusters(4, 4))
    assert mean.value == pytest.approx(0.3)
    assert mean.interval is None
    assert isnan(mean.subject_error)
    assert mean.seed_error == pytest.approx(0.1)


def test_seeds_and_subjects_that_change_nothing_give_no_interval() -> None:
    assert estimate(figure([0.5, 0.5], [0.5] * 3), Clusters(6, 1)).interval is None


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
        mean = estimate(SeededFigure(scores.mean(axis=1), replicates), Clusters(12, 3))
        low, high = mean.interval or (1, -1)
        held.append(low <= 0 <= high)
    assert 0.92 <= np.mean(held) <= 0.99


def test_the_interval_of_a_rate_ends_at_0_and_1() -> None:
    assert Estimate(0.5, Interval(-0.5, 1.5)).as_rate.interval == (0, 1)
    assert Estimate(0.5, Interval(0.4, 0.6)).as_rate.interval == (0.4, 0.6)
    assert Estimate(0.5).as_rate.interval is None


def test_an_interval_excludes_zero_on_either_side() -> None:
    intervals = [
        Interval(0.1, 0.2),
        Interval(-0.2, -0.1),
        Interval(-0.1, 0.1),
        Interval(0, 1),
        None,
    ]
    assert [Estimate(0.1, own).excludes_zero for own in intervals] == [True, True] + [False] * 3


VARIANCE = st.floats(1e-6, 1e6)
FREEDOM = st.integers(1, 100)


@given(VARIANCE, FREEDOM, VARIANCE, FREEDOM)
def test_a_sum_is_surer_than_its_less_sure_part_and_less_than_both_together(
    first: float, first_freedom: int, second: float, second_freedom: int
) -> None:
    freedom = pooled_freedom(first, first_freedom, second, second_freedom)
    assert freedom >= min(first_freedom, second_freedom) * (1 - 1e-9)
    assert freedom <= (first_freedom + second_freedom) * (1 + 1e-9)
    assert freedom == pytest.approx(pooled_freedom(second, second_freedom, first, first_freedom))


def test_pooled_freedom_by_hand() -> None:
    assert pooled_freedom(1.0, 5, 1.0, 5) == pytest.approx(10)
    assert pooled_freedom(3.0, 2, 0.0, 9) == pytest.approx(2)
    assert pooled_freedom(2.0, 2, 1.0, 1) == pytest.approx(9 / (4 / 2 + 1 / 1))
    assert pooled_freedom(0.0, 2, 0.0, 9) == 11
