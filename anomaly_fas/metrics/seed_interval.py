"""Intervals of means over seeds that speak for other seeds and for other subjects."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import stdtrit

from anomaly_fas.metrics.intervals import LEVEL, Interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anomaly_fas.metrics.joint_resampling import Clusters


class SeedMean(NamedTuple):
    """A figure's mean over seeds, and what it is uncertain by.

    Attributes:
        value: the mean.
        interval: for other seeds and other subjects; None for a single seed, and where too few
            subjects say nothing of others.
        seed_error: standard error that seeds make; NaN for a single one.
        subject_error: standard error that subjects make; NaN where they are too few.
    """

    value: float
    interval: Interval | None
    seed_error: float
    subject_error: float


def seed_mean(
    values: Sequence[float] | np.ndarray,
    replicates: np.ndarray,
    clusters: Clusters,
    level: float = LEVEL,
) -> SeedMean:
    """The mean over seeds with an interval of Student's t.

    Every seed is judged on the same subjects, so the two sources of chance are crossed and their
    variances add. That of subjects is the variance of the replicates times n / (n - strata), n
    being the number of subjects: drawing n of n with replacement makes it too small by that factor
    (Rao and Wu, "Resampling inference with complex survey data", JASA 83, 1988), which for 3
    subjects a stratum is 2/3. How sure the sum is follows from its parts (Satterthwaite, "An
    approximate distribution of estimates of variance components", Biometrics Bulletin 2, 1946).
    What seeds and subjects do only together is in both parts, which makes the interval rather too
    wide.

    Args:
        values: the figure of each seed, shape [n].
        replicates: the mean over seeds in bootstrap replicates that draw subjects, shape [r]; NaN
            where a replicate lacks it.
        clusters: that the replicates drew.
        level: confidence level.

    Example:
        >>> from anomaly_fas.metrics.joint_resampling import Clusters
        >>> mean = seed_mean([0.1, 0.2, 0.3], np.full(10, 0.2), Clusters(24, 4))
        >>> low, high = mean.interval  # 0.2 ± 4.303 · 0.1 / √3: subjects make no difference
        >>> round(low, 3), round(high, 3)
        (-0.048, 0.448)
    """
    n = len(values)
    value = float(np.mean(values))
    by_subject = np.nan
    if clusters.freedom > 0 and np.isfinite(replicates).any():
        by_subject = float(np.nanvar(replicates)) * clusters.number / clusters.freedom
    by_seed = float(np.var(values, ddof=1)) / n if n > 1 else np.nan
    both = by_seed + by_subject
    errors = by_seed**0.5, by_subject**0.5
    if np.isnan(both):
        return SeedMean(value, None, *errors)
    if both == 0:
        return SeedMean(value, Interval(value, value), *errors)
    freedoms = sureness(by_seed, n - 1, by_subject, clusters.freedom)
    half = float(stdtrit(freedoms, (1 + level) / 2)) * both**0.5
    return SeedMean(value, Interval(value - half, value + half), *errors)


def sureness(first: float, first_freedom: float, second: float, second_freedom: float) -> float:
    """Degrees of freedom of a sum of two variances (Satterthwaite 1946).

    Args:
        first: a variance, 0 or more.
        first_freedom: its degrees of freedom.
        second: another.
        second_freedom: its own.

    Returns:
        Between the lesser of the two and their sum; their sum where both variances are 0.

    Example:
        >>> sureness(1.0, 4, 1.0, 20), sureness(0.0, 4, 1.0, 20)
        (13.333333333333334, 20.0)
    """
    if first == second == 0:
        return float(first_freedom + second_freedom)
    return (first + second) ** 2 / (first**2 / first_freedom + second**2 / second_freedom)
