"""Means over seeds with the chance of other seeds and of other subjects, their tests and ratios."""

from __future__ import annotations

from math import inf, isnan, nan
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import stdtr, stdtrit

from anomaly_fas.metrics.intervals import LEVEL, Interval
from anomaly_fas.metrics.seed_interval import sureness

if TYPE_CHECKING:
    from anomaly_fas.metrics.joint_resampling import Clusters

_FARTHEST = 1e6
"""A ratio beyond which a bound is called infinite."""


class Estimate(NamedTuple):
    """A mean over seeds, or a difference of two, and how sure it is.

    Attributes:
        value: the mean.
        error: its standard error; NaN where too few subjects say nothing of it.
        freedom: degrees of freedom of the error.
    """

    value: float
    error: float
    freedom: float

    def interval(self, level: float = LEVEL) -> Interval | None:
        """By Student's t; None where there is no error."""
        if isnan(self.error):
            return None
        half = float(stdtrit(self.freedom, (1 + level) / 2)) * self.error if self.error else 0.0
        return Interval(self.value - half, self.value + half)

    @property
    def p_value(self) -> float:
        """Two-sided, that the mean is 0: the level at which the interval would just reach it."""
        if isnan(self.error):
            return nan
        if self.error == 0:
            return 1.0 if self.value == 0 else 0.0
        return float(2 * stdtr(self.freedom, -abs(self.value) / self.error))


class SeededFigure(NamedTuple):
    """A figure of each seed, and in each bootstrap replicate.

    Attributes:
        values: shape [seeds].
        replicates: the mean over seeds, shape [replicates].
    """

    values: np.ndarray
    replicates: np.ndarray

    def less(self, other: SeededFigure, times: float = 1.0) -> SeededFigure:
        """The difference to another, or to a multiple of it, seed by seed and draw by draw."""
        return SeededFigure(
            self.values - times * other.values, self.replicates - times * other.replicates
        )


def estimate(figure: SeededFigure, clusters: Clusters) -> Estimate:
    """The mean over seeds with its standard error.

    All seeds are judged on the same subjects, so the two sources of chance are crossed and their
    variances add, as in `seed_mean`. That of subjects is the variance of the replicates times
    n / (n - strata), n being the number of subjects: drawing n of n with replacement makes it too
    small by that factor (Rao and Wu, "Resampling inference with complex survey data", JASA 83,
    1988), which for 3 subjects a stratum is 2/3. Of a single seed, there is the chance of subjects
    alone.

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
    known = figure.replicates[~np.isnan(figure.replicates)]
    if clusters.freedom < 1 or known.size == 0:
        return Estimate(value, nan, nan)
    by_subject = float(np.var(known)) * clusters.number / clusters.freedom
    n = figure.values.size
    if n < 2:
        return Estimate(value, by_subject**0.5, float(clusters.freedom))
    by_seed = float(np.var(figure.values, ddof=1)) / n
    freedom = sureness(by_seed, n - 1, by_subject, clusters.freedom)
    return Estimate(value, (by_seed + by_subject) ** 0.5, freedom)


def ratio_interval(
    first: SeededFigure, second: SeededFigure, clusters: Clusters, level: float = LEVEL
) -> Interval | None:
    """Every multiple of the second figure that the first is not shown to differ from.

    So it holds 1 exactly if the interval of the difference holds 0 (Fieller, "Some problems in
    interval estimation", J. R. Statist. Soc. B 16, 1954).

    Args:
        first: a figure, 0 or more.
        second: another of the same seeds and replicates.
        clusters: that the replicates drew.
        level: confidence level.

    Returns:
        Bounds of first / second, the lower at least 0, the upper infinite where the second figure
        is not shown to differ from 0; None where there is no error or the second is 0.

    Example:
        >>> from anomaly_fas.metrics.joint_resampling import Clusters
        >>> half = SeededFigure(np.array([0.1, 0.11]), np.full(9, 0.105))
        >>> whole = SeededFigure(np.array([0.2, 0.22]), np.full(9, 0.21))
        >>> low, high = ratio_interval(half, whole, Clusters(9, 1))
        >>> round(low, 6), round(high, 6)
        (0.5, 0.5)
    """

    def edge(times: float, side: int) -> float:
        bounds = estimate(first.less(second, times), clusters).interval(level)
        return nan if bounds is None else bounds[side]

    below = float(np.mean(second.values))
    if isnan(edge(1.0, 0)) or below == 0:
        return None
    ratio = float(np.mean(first.values)) / below
    low = brentq(edge, 0.0, ratio, args=(0,)) if ratio and edge(0.0, 0) > 0 else 0.0
    beyond = max(2 * ratio, 2.0)
    while edge(beyond, 1) > 0 and beyond < _FARTHEST:
        beyond *= 4
    high = brentq(edge, ratio, beyond, args=(1,)) if edge(beyond, 1) <= 0 else inf
    return Interval(float(low), float(high))
