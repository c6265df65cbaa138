"""The sum of a hinge over all pairs of two rows, by sorting."""

import torch
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
    below, above = _partners(reach.detach(), low.detach())
    gained = reach.masked_fill(~is_used, 0.0).double() * below
    return (gained.sum() - (low.double() * above).sum()).to(high.dtype)


def _partners(reach: Tensor, low: Tensor) -> tuple[Tensor, Tensor]:
    """How many of a row's `low` lie below each reach, and how many reaches above each low.

    One sort of both tells; equals may stand in either order, since their hinge is 0.
    """
    reaches = reach.shape[1]
    order = _order(torch.cat([reach, low], dim=1))
    lows_before = (order >= reaches).cumsum(1)
    reaches_before = torch.arange(1, order.shape[1] + 1, device=order.device) - lows_before
    below = torch.empty_like(order).scatter_(1, order, lows_before)[:, :reaches]
    above = reaches - torch.empty_like(order).scatter_(1, order, reaches_before)[:, reaches:]
    return below, above


def _order(values: Tensor) -> Tensor:
    """Each row's positions from its smallest value to its largest."""
    if values.is_cpu:  # NumPy's sort is three to seven times as fast there
        return torch.from_numpy(values.numpy().argsort(axis=1))
    return values.argsort(dim=1)
