"""Intervals from bootstrap replicates, and whether two methods differ in them."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from anomaly_fas.metrics.estimate import Estimate
from anomaly_fas.metrics.intervals import LEVEL, Interval


def percentile_interval(values: np.ndarray, level: float = LEVEL) -> Interval | None:
    """The bounds that leave out equal shares of the replicates at both ends.

    Args:
        values: a figure in each replicate; NaN where the replicate has none.
        level: confidence level.

    Returns:
        The bounds; None where no replicate has the figure.

    Example:
        >>> low, high = percentile_interval(np.arange(101.0))
        >>> round(low, 4), round(high, 4)
        (2.5, 97.5)
    """
    known = values[~np.isnan(values)]
    if known.size == 0:
        return None
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high))


def bias_corrected_interval(
    value: float, replicates: np.ndarray, level: float = LEVEL
) -> Interval | None:
    """The percentile interval, moved by as much as the replicates lie off the figure.

    A maximum over species lies higher in replicates than in the samples, as it lies higher in the
    samples than in truth; this takes most of that away (bias-corrected percentiles, Efron, "Non-
    parametric standard errors and confidence intervals", Canadian Journal of Statistics 9, 1981).

    Args:
        value: the figure.
        replicates: the figure in each replicate; NaN where the replicate has none.
        level: confidence level.

    Returns:
        The bounds; None where no replicate has the figure.

    Example:
        >>> low, high = bias_corrected_interval(50.0, np.arange(101.0))
        >>> round(low, 4), round(high, 4)
        (2.5, 97.5)
    """
    known = replicates[~np.isnan(replicates)]
    if known.size == 0:
        return None
    below = np.mean(known < value) + np.mean(known == value) / 2
    rarest = 1 / (2 * known.size)
    bias = ndtri(np.clip(below, rarest, 1 - rarest))
    half = ndtri((1 + level) / 2)
    low, high = np.quantile(known, ndtr([2 * bias - half, 2 * bias + half]))
    return Interval(float(low), float(high))


def paired_difference(
    first: float, second: float, first_replicates: np.ndarray, second_replicates: np.ndarray
) -> Estimate | None:
    """Compare a figure of two methods that scored the same samples.

    The p-value is twice the smaller share of replicates on either side of no difference, one
    added to each count (Davison and Hinkley, Bootstrap Methods and their Application, 1997, 4.2):
    the level at which the percentile interval would just reach 0.

    Args:
        first: the figure of the first method.
        second: the same of the second.
        first_replicates: its values in each replicate, shape [replicates].
        second_replicates: those of the second in the same replicates.

    Returns:
        The difference; None where no replicate has both figures.
    """
    differences = first_replicates - second_replicates
    interval = percentile_interval(differences)
    if interval is None:
        return None
    known = differences[~np.isnan(differences)]
    tail = min(np.count_nonzero(known <= 0), np.count_nonzero(known >= 0))
    p_value = min(1.0, 2 * int(tail + 1) / (known.size + 1))
    return Estimate(first - second, interval, p_value)
