"""The sum of a hinge over all pairs of two rows, by sorting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor


def hinge_sum(high: Tensor, is_used: Tensor, low: Tensor, margin: float) -> Tensor:
    """The sum of max(0, high - low + margin) over the pairs within each row.

    The hinge is linear where it is not 0: its sum is that of each value times the number of its
    partners for which it is not. Sorted rows tell these numbers, so that P * Q pairs take
    O((P + Q) log(P + Q)), and the result is exact.

    Args:
        high: shape [A, P].
        is_used: which of `high` count, bool, shape [A, P].
        low: shape [A, Q].
        margin: see above.

    Returns:
        A scalar of the inputs' type; summed in fp64, since large values nearly cancel.
    """
    reach = (high + margin).masked_fill(~is_used, -torch.inf)
    ordered_low = low.detach().sort(dim=1).values
    ordered_reach = reach.detach().sort(dim=1).values
    below = torch.searchsorted(ordered_low, reach.detach())
    above = high.shape[1] - torch.searchsorted(ordered_reach, low.detach().contiguous(), right=True)
    gained = reach.masked_fill(~is_used, 0.0).double() * below
    return (gained.sum() - (low.double() * above).sum()).to(high.dtype)
