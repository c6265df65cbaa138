"""Exact confidence intervals of a share, where samples may be taken for independent."""

from __future__ import annotations

from typing import Final, NamedTuple

from scipy import stats

LEVEL: Final = 0.95
"""Confidence level of every interval of this package."""


class Interval(NamedTuple):
    """Bounds of a confidence interval."""

    low: float
    high: float


def binomial_interval(errors: int, total: int, level: float = LEVEL) -> Interval:
    """The exact binomial interval of Clopper and Pearson (Biometrika 26, 1934).

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
    bounds = stats.binomtest(errors, total).proportion_ci(level, method="exact")
    return Interval(float(bounds.low), float(bounds.high))
