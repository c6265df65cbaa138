"""Differences between methods, and p-values of several comparisons at once."""

from collections.abc import Sequence

import numpy as np

from anomaly_fas.metrics.estimate import Estimate
from anomaly_fas.metrics.intervals import percentile_interval


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


def holm(p_values: Sequence[float] | np.ndarray) -> np.ndarray:
    """Adjust p-values to keep the family-wise error rate (Holm, Scand. J. Statist. 6, 1979).

    The smallest of n is multiplied by n, the next by n - 1, and so on, each at least the one
    before it and at most 1. It holds however the comparisons depend on each other.

    Args:
        p_values: of the comparisons, shape [n]; NaN where one could not be made, which then counts
            as none.

    Returns:
        The adjusted ones in the same order, shape [n].

    Example:
        >>> holm([0.01, 0.04, 0.03]).tolist()
        [0.03, 0.06, 0.06]
    """
    values = np.asarray(p_values, dtype=np.float64)
    adjusted = np.full(values.shape, np.nan)
    order = np.argsort(values)[: int(np.isfinite(values).sum())]  # NaN is sorted to the end
    steps = values[order] * np.arange(order.size, 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted
