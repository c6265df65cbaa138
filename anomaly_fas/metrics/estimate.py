"""Estimate means over seeds and their differences, for other seeds and other subjects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import hypot, inf, isnan, nan
from typing import Final, NamedTuple

import numpy as np
from scipy.special import stdtr, stdtrit

from anomaly_fas.metrics.intervals import LEVEL, Interval
from anomaly_fas.metrics.resampling import Clusters

_ROUNDING: Final = 1e-9
"""Largest standard error or difference that is taken for a rounding error."""


@dataclass(frozen=True)
class Estimate:
    """A figure or a difference of two figures, and its uncertainty.

    Attributes:
        value: mean over seeds.
        interval: 95 % confidence interval; None where the data give none.
        p_value: two-sided p-value of a true value of 0; NaN where the data give none.
        seed_error: standard error from the choice of seeds; NaN for a single seed.
        subject_error: standard error from the choice of subjects; NaN where there are too few.
    """

    value: float
    interval: Interval | None = None
    p_value: float = nan
    seed_error: float = nan
    subject_error: float = nan

    @property
    def standard_error(self) -> float:
        """Standard error from seeds and subjects; from subjects alone for a single seed."""
        total = hypot(self.subject_error, 0.0 if isnan(self.seed_error) else self.seed_error)
        return 0.0 if total <= _ROUNDING else total

    @property
    def as_rate(self) -> Estimate:
        """The estimate with its interval cut to [0, 1]."""
        if self.interval is None:
            return self
        low, high = self.interval
        return replace(self, interval=Interval(max(low, 0.0), min(high, 1.0)))

    @property
    def excludes_zero(self) -> bool:
        """Whether there is an interval that does not contain 0."""
        return self.interval is not None and not self.interval.low <= 0 <= self.interval.high


class SeededFigure(NamedTuple):
    """A figure for each seed, and in each bootstrap replicate.

    Attributes:
        values: shape [seeds].
        replicates: the mean over seeds, shape [replicates]; NaN where a replicate lacks it.
    """

    values: np.ndarray
    replicates: np.ndarray

    def less(self, other: SeededFigure) -> SeededFigure:
        """Subtract another figure of the same seeds and replicates."""
        return SeededFigure(self.values - other.values, self.replicates - other.replicates)


def estimate(figure: SeededFigure, clusters: Clusters, level: float = LEVEL) -> Estimate:
    """Estimate the mean over seeds, for other seeds and other subjects.

    Every seed is judged on the same subjects, so the two sources of chance are crossed and their
    variances add. That of subjects is the variance of the replicates times n / (n - strata), n
    being the number of subjects: drawing n of n with replacement makes it too small by that factor
    (Rao and Wu, "Resampling inference with complex survey data", JASA 83, 1988), which for 3
    subjects in a stratum is 2/3. The degrees of freedom of the sum follow from its parts. What
    seeds and subjects do only together is in both parts, which makes the interval rather too wide.

    One seed tells nothing about others: the interval then covers the choice of subjects alone.
    Where each stratum has a single subject, there is neither interval nor p-value. The same holds
    where nothing varies, such as an error rate of 0: zero bootstrap variance is no evidence about
    other subjects. Only a difference that is 0 throughout has a p-value there, of 1, so that it
    counts as a comparison that was made.

    Args:
        figure: values by seed, and replicates.
        clusters: subjects and strata that the replicates were drawn from.
        level: confidence level of the interval.

    Example:
        >>> from anomaly_fas.metrics.resampling import Clusters
        >>> three = SeededFigure(np.array([0.1, 0.2, 0.3]), np.full(10, 0.2))
        >>> low, high = estimate(three, Clusters(24, 4)).interval  # 0.2 ± 4.303 · 0.1 / √3
        >>> round(low, 3), round(high, 3)
        (-0.048, 0.448)
        >>> single = SeededFigure(np.array([0.3]), np.array([0.2, 0.4] * 50))
        >>> round(estimate(single, Clusters(9, 3)).standard_error ** 2, 6)  # 0.1² times 9 / 6
        0.015
    """
    value = float(np.mean(figure.values))
    by_seed, by_subject = (float(part[0, 0]) for part in _covariances([figure], clusters))
    freedom = _freedom(by_seed, by_subject, figure.values.size, clusters)
    interval, p_value = student_t(value, (by_seed + by_subject) ** 0.5, freedom, level)
    seed_error = by_seed**0.5 if figure.values.size > 1 else nan
    return Estimate(value, interval, p_value, seed_error, by_subject**0.5)


def student_t(
    value: float, error: float, freedom: float, level: float = LEVEL
) -> tuple[Interval | None, float]:
    """Compute the interval and the two-sided p-value of a mean by Student's t.

    Args:
        value: mean.
        error: standard error of the mean; NaN if unknown.
        freedom: degrees of freedom of the error.
        level: confidence level of the interval.

    Returns:
        None and NaN where the error is unknown or 0; of a mean of 0 without error, p is 1.
    """
    if isnan(error):
        return None, nan
    if error <= _ROUNDING:
        return None, 1.0 if abs(value) < _ROUNDING else nan
    half = _quantile(freedom, level) * error
    return Interval(value - half, value + half), float(2 * stdtr(freedom, -abs(value) / error))


def ratio_interval(
    first: SeededFigure, second: SeededFigure, clusters: Clusters, level: float = LEVEL
) -> Interval | None:
    """Bound the multiples of the second figure that the first is not shown to differ from.

    The interval holds 1 exactly if that of the difference holds 0 (Fieller, "Some problems in
    interval estimation", J. R. Statist. Soc. B 16, 1954). Its degrees of freedom are those of the
    difference.

    Args:
        first: figure of 0 or more.
        second: figure of the same seeds and replicates.
        clusters: subjects and strata that the replicates were drawn from.
        level: confidence level.

    Returns:
        Bounds of first / second, the lower at least 0, the upper infinite where the second figure
        is not shown to differ from 0; None where the difference has no interval or the second is
        0, and where these multiples make two intervals, as they may of such a second figure.

    Example:
        >>> from anomaly_fas.metrics.resampling import Clusters
        >>> half = SeededFigure(np.array([0.1]), np.array([0.09, 0.11] * 5))
        >>> whole = SeededFigure(np.array([0.2]), np.array([0.18, 0.22] * 5))
        >>> low, high = ratio_interval(half, whole, Clusters(9, 1))
        >>> round(low, 6), round(high, 6)
        (0.5, 0.5)
    """
    means = np.array([np.mean(first.values), np.mean(second.values)])
    by_seed, by_subject = _covariances([first.less(second)], clusters)
    variances = float(by_seed[0, 0]), float(by_subject[0, 0])
    if not sum(variances) ** 0.5 > _ROUNDING or means[1] == 0:
        return None
    freedom = _freedom(*variances, first.values.size, clusters)
    by_seed, by_subject = _covariances([first, second], clusters)
    spread = _quantile(freedom, level) ** 2 * (by_seed + by_subject)
    # A multiple t is held if (mean - t · other)² is at most the spread of that, quadratic in t.
    (c, b), (_, a) = np.outer(means, means) - spread
    return _at_most_zero(float(a), float(b), float(c))


def _at_most_zero(a: float, b: float, c: float) -> Interval | None:
    """Solve a t² - 2 b t + c <= 0 for t >= 0; None where the solutions are not one interval."""
    root = max(b * b - a * c, 0.0) ** 0.5
    if a > 0:
        return Interval(max((b - root) / a, 0.0), max((b + root) / a, 0.0))
    if a == 0 or root == 0:
        return Interval(0.0, inf) if root == 0 else None
    left, right = (b + root) / a, (b - root) / a  # between them the quadratic is positive
    return Interval(max(right, 0.0), inf) if left < 0 else None


def _covariances(
    figures: Sequence[SeededFigure], clusters: Clusters
) -> tuple[np.ndarray, np.ndarray]:
    """Return covariances of k means by seeds (0 for one) and subjects (NaN for too few), [k, k]."""
    values = np.stack([figure.values for figure in figures])
    replicates = np.stack([figure.replicates for figure in figures])
    replicates = replicates[:, ~np.isnan(replicates).any(axis=0)]
    k, n = values.shape
    by_seed = np.cov(values).reshape(k, k) / n if n > 1 else np.zeros((k, k))
    if clusters.freedom < 1 or not replicates.size:
        return by_seed, np.full((k, k), nan)
    by_subject = np.cov(replicates, ddof=0).reshape(k, k) * clusters.number / clusters.freedom
    return by_seed, by_subject


def _freedom(by_seed: float, by_subject: float, seeds: int, clusters: Clusters) -> float:
    """Return the degrees of freedom of the sum of both variances; NaN where one is unknown."""
    if isnan(by_subject):
        return nan
    if seeds < 2:
        return float(clusters.freedom)
    return pooled_freedom(by_seed, seeds - 1, by_subject, clusters.freedom)


def pooled_freedom(
    first: float, first_freedom: float, second: float, second_freedom: float
) -> float:
    """Compute the degrees of freedom of a sum of two variances.

    By Satterthwaite, "An approximate distribution of estimates of variance components", Biometrics
    Bulletin 2, 1946. Where both variances are 0, it is the sum of theirs.

    Example:
        >>> pooled_freedom(1.0, 4, 1.0, 20), pooled_freedom(0.0, 4, 1.0, 20)
        (13.333333333333334, 20.0)
    """
    if first == second == 0:
        return float(first_freedom + second_freedom)
    return (first + second) ** 2 / (first**2 / first_freedom + second**2 / second_freedom)


def _quantile(freedom: float, level: float) -> float:
    """Return the half width of a two-sided interval of Student's t, in standard errors."""
    return float(stdtrit(freedom, (1 + level) / 2))
