"""Exact confidence intervals of a share, where samples may be taken for independent."""

from __future__ import annotations

from typing import Final, NamedTuple

from scipy.special import betaincinv

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
    tail = (1 - level) / 2
    # Quantiles of beta distributions are where the binomial tails have that probability.
    low = float(betaincinv(errors, total - errors + 1, tail)) if errors else 0.0
    high = float(betaincinv(errors + 1, total - errors, 1 - tail)) if errors < total else 1.0
    return Interval(low, high)
