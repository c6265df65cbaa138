"""Distances of points to others."""

from typing import Final

import torch
from torch import Tensor

DIRECT: Final = 12
"""Of up to so many points it is quickest to take each distance by itself."""


def distances(points: Tensor, others: Tensor) -> Tensor:
    """Euclidean distances of points to others, or to themselves.

    Those of many follow from a matrix product, which is quickest by far, and in which distances
    much smaller than the points' own lengths drown in rounding. So lengths are taken from the
    middle of the points: within a compact class they are no larger than its distances.

    Args:
        points: shape [A, D].
        others: shape [Q, D].

    Returns:
        Shape [A, Q]. At 0 the gradient is 0.
    """
    if points.shape[0] <= DIRECT:
        return torch.cdist(points, others, compute_mode="donot_use_mm_for_euclid_dist")
    middle = points.detach().mean(0)
    product = "use_mm_for_euclid_dist"
    return torch.cdist(points - middle, others - middle, compute_mode=product)
