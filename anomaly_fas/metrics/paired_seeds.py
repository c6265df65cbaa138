"""Means over seeds with the chance of other seeds and of other subjects, their tests and ratios."""

from __future__ import annotations

from math import inf, isnan, nan
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.special import stdtr, stdtrit

from anomaly_fas.metrics.intervals import LEVEL, Interval
from anomaly_fas.metrics.seed_interval import sureness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anomaly_fas.metrics.joint_resampling import Clusters

_NOTHING: Final = 1e-9
"""What a standard error or a difference is below that is only of rounding."""


class Estimate(NamedTuple):
    """A mean over seeds, or a difference of two, and how sure it is.

    Attributes:
        value: the mean.
        error: its standard error; NaN where too few subjects say nothing of it, 0 where nothing
            varies.
        freedom: degrees of freedom of the error.
    """

    value: float
    error: float
    freedom: float

    def interval(self, level: float = LEVEL) -> Interval | None:
        """By Student's t; None where there is no error.

        What is the same of every subject, such as an error rate of 0, does not vary in the
        bootstrap either: that says nothing of other subjects, and is no interval of width 0.
        """
        if isnan(self.error) or self.error == 0:
            return None
        half = _quantile(self.freedom, level) * self.error
        return Interval(self.value - half, self.value + half)

    @property
    def p_value(self) -> float:
        """Two-sided, that the mean is 0: the level at which the interval would just reach it.

        Where nothing varies it is 1 for a mean of 0, and not known for another.
        """
        if isnan(self.error) or self.error == 0:
            return 1.0 if self.error == 0 and abs(self.value) < _NOTHING else nan
        return float(2 * stdtr(self.freedom, -abs(self.value) / self.error))


class SeededFigure(NamedTuple):
    """A figure of each seed, and in each bootstrap replicate.

    Attributes:
        values: shape [seeds].
        replicates: the mean over seeds, shape [replicates].
    """

    values: np.ndarray
    replicates: np.ndarray

    def less(self, other: SeededFigure) -> SeededFigure:
        """The difference to another, seed by seed and draw by draw."""
        return SeededFigure(self.values - other.values, self.replicates - other.replicates)


def estimate(figure: SeededFigure, clusters: Clusters) -> Estimate:
    """The mean over seeds with its standard error.

    All seeds are judged on the same subjects, so the two sources of chance are crossed and their
    variances add, as in `seed_mean`. Of a single seed, there is the chance of subjects alone.

    Args:
        figure: of each seed and replicate.
        clusters: that the replicates drew.

    Example:
        >>> from anomaly_fas.metrics.joint_resampling import Clusters
        >>> replicates = np.array([0.2, 0.4] * 50)  # standard deviation 0.1
        >>> made = estimate(SeededFigure(np.array([0.3]), replicates), Clusters(9, 3))
        >>> round(made.error**2, 6), made.freedom  # 0.1² times 9 / 6
        (0.015, 6.0)
    """
    value = float(np.mean(figure.values))
    if clusters.freedom < 1 or np.isnan(figure.replicates).all():
        return Estimate(value, nan, nan)
    by_seed, by_subject = (float(own[0, 0]) for own in _covariances([figure], clusters))
    error = (by_seed + by_subject) ** 0.5
    n = figure.values.size
    if n < 2:
        freedom = float(clusters.freedom)
    else:
        freedom = sureness(by_seed, n - 1, by_subject, clusters.freedom)
    return Estimate(value, error if error > _NOTHING else 0.0, freedom)


def ratio_interval(
    first: SeededFigure, second: SeededFigure, clusters: Clusters, level: float = LEVEL
) -> Interval | None:
    """Every multiple of the second figure that the first is not shown to differ from.

    So it holds 1 exactly if the interval of the difference holds 0 (Fieller, "Some problems in
    interval estimation", J. R. Statist. Soc. B 16, 1954). Its degrees of freedom are those of the
    difference.

    Args:
        first: a figure, 0 or more.
        second: another of the same seeds and replicates.
        clusters: that the replicates drew.
        level: confidence level.

    Returns:
        Bounds of first / second, the lower at least 0, the upper infinite where the second figure
        is not shown to differ from 0; None where the difference has no interval or the second is
        0, and where these multiples make two intervals, as they may of such a second figure.

    Example:
        >>> from anomaly_fas.metrics.joint_resampling import Clusters
        >>> half = SeededFigure(np.array([0.1]), np.array([0.09, 0.11] * 5))
        >>> whole = SeededFigure(np.array([0.2]), np.array([0.18, 0.22] * 5))
        >>> low, high = ratio_interval(half, whole, Clusters(9, 1))
        >>> round(low, 6), round(high, 6)
        (0.5, 0.5)
    """
    difference = estimate(first.less(second), clusters)
    means = np.array([np.mean(first.values), np.mean(second.values)])
    if difference.interval(level) is None or means[1] == 0:
        return None
    by_seed, by_subject = _covariances([first, second], clusters)
    spread = _quantile(difference.freedom, level) ** 2 * (by_seed + by_subject)
    # A multiple t is held if (mean - t · other)² is at most the spread of that, quadratic in t.
    (c, b), (_, a) = np.outer(means, means) - spread
    return _held(float(a), float(b), float(c))


def _held(a: float, b: float, c: float) -> Interval | None:
    """Where a t² - 2 b t + c is at most 0 and t at least 0, if that is one interval."""
    root = max(b * b - a * c, 0.0) ** 0.5
    if a > 0:
        return Interval(max((b - root) / a, 0.0), max((b + root) / a, 0.0))
    if a == 0 or root == 0:
        return Interval(0.0, inf) if root == 0 else None
    left, right = (b + root) / a, (b - root) / a  # between them none is held
    return Interval(max(right, 0.0), inf) if left < 0 else None


def _covariances(
    figures: Sequence[SeededFigure], clusters: Clusters
) -> tuple[np.ndarray, np.ndarray]:
    """Of the means of figures of the same seeds: what seeds make and what subjects do, [k, k]."""
    values = np.stack([own.values for own in figures])
    drawn = np.stack([own.replicates for own in figures])
    drawn = drawn[:, ~np.isnan(drawn).any(axis=0)]
    k, n = values.shape
    by_seed = np.cov(values).reshape(k, k) / n if n > 1 else np.zeros((k, k))
    by_subject = np.cov(drawn, ddof=0).reshape(k, k) * clusters.number / clusters.freedom
    return by_seed, by_subject


def _quantile(freedom: float, level: float) -> float:
    """How many standard errors a two-sided interval of Student's t is to each side."""
    return float(stdtrit(freedom, (1 + level) / 2))
