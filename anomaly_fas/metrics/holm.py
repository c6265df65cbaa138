"""Several comparisons at once: p-values that keep the chance of any false finding in bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence


def holm(p_values: Sequence[float] | np.ndarray) -> np.ndarray:
    """Adjusted p-values, which keep the family-wise error rate (Holm, Scand. J. Statist. 6, 1979).

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
