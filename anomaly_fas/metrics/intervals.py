"""Confidence intervals: exact ones of a share, and those of bootstrap replicates."""

from typing import Final, NamedTuple

import numpy as np
from scipy.special import betaincinv, ndtr, ndtri

LEVEL: Final = 0.95
"""Confidence level of every interval of this package."""


class Interval(NamedTuple):
    """Bounds of a confidence interval."""

    low: float
    high: float


def binomial_interval(errors: int, total: int, level: float = LEVEL) -> Interval:
    """Compute the exact binomial interval of Clopper and Pearson (Biometrika 26, 1934).

    It assumes independent samples: videos of one subject are not, so it is too narrow for them.

    Args:
        errors: samples that were classified wrongly.
        total: samples.
        level: confidence level.

    Returns:
        Fractions; (0, 1) where there are no samples.

    Example:
        >>> low, high = binomial_interval(0, 10)
        >>> low, round(high, 4)
        (0.0, 0.3085)
    """
    if total == 0:
        return Interval(0.0, 1.0)
    tail = (1 - level) / 2
    # Quantiles of beta distributions are where the binomial tails have that probability.
    low = float(betaincinv(errors, total - errors + 1, tail)) if errors else 0.0
    high = float(betaincinv(errors + 1, total - errors, 1 - tail)) if errors < total else 1.0
    return Interval(low, high)


def percentile_interval(values: np.ndarray, level: float = LEVEL) -> Interval | None:
    """Compute the bounds that leave out equal shares of the replicates at both ends.

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
    """Compute the percentile interval, moved by as much as the replicates lie off the figure.

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
