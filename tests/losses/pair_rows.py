"""Distances of random anchors, and the comparison of two sums over their triplets."""

import torch
from torch import Tensor

from tests.nonempty import nonempty


def rows(seed: int, dtype: torch.dtype = torch.float64) -> tuple[Tensor, Tensor, Tensor]:
    """Distances to positives and negatives of some anchors, and which positives count."""
    generator = torch.Generator().manual_seed(seed)
    anchors, high, low = torch.randint(1, 12, (3,), generator=generator).tolist()
    positive = (2 * torch.rand(anchors, high, generator=generator, dtype=dtype)).requires_grad_()
    negative = (2 * torch.rand(anchors, low, generator=generator, dtype=dtype)).requires_grad_()
    return positive, torch.rand(anchors, high, generator=generator) > 0.2, negative


def assert_alike(
    ours: Tensor, theirs: Tensor, inputs: tuple[Tensor, ...], tolerance: float
) -> None:
    torch.testing.assert_close(ours, theirs, rtol=tolerance, atol=tolerance)
    slopes = (torch.autograd.grad(value, inputs) for value in (ours, theirs))
    for one, other in nonempty(zip(*slopes, strict=True)):
        torch.testing.assert_close(one, other, rtol=tolerance, atol=tolerance)
