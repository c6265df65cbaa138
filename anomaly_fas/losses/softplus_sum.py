"""The sum of softplus(s (x - y)) over all pairs of two rows, by Chebyshev polynomials."""

from functools import cache
from typing import Any, Final

import numpy as np
import torch
from numpy.polynomial import chebyshev
from torch import Tensor

_RANKS: Final = (8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64)
_TOLERANCE: Final = 1e-8

FURTHEST: Final = 2.0 + 1e-3
"""Unit vectors are no further from each other, rounding included."""


def softplus_sum(high: Tensor, is_used: Tensor, low: Tensor, scale: float) -> Tensor:
    """The sum of softplus(scale * (high - low)) over the pairs within each row.

    On [0, 2] x [0, 2] the function is, to 1e-8, a sum of K * K products of a Chebyshev polynomial
    of the one argument with one of the other. So the sum over all pairs follows from the K sums
    of polynomials of either argument, and P * Q pairs take O((P + Q) K).

    Args:
        high: distances of unit vectors, in [0, 2], shape [A, P].
        is_used: which of `high` count, bool, shape [A, P].
        low: distances of unit vectors, shape [A, Q].
        scale: a scale that `has_expansion`.

    Returns:
        A scalar.
    """
    expansion = _expansion(scale)
    assert expansion is not None
    coefficients = torch.as_tensor(expansion, dtype=high.dtype, device=high.device)
    total: Tensor = _PairSum.apply(high - 1, is_used, low - 1, coefficients)  # type: ignore[no-untyped-call]
    return total


def has_expansion(scale: float) -> bool:
    """Whether a scale is small enough for polynomials of moderate degree; about 12 is."""
    return _expansion(scale) is not None


class _PairSum(torch.autograd.Function):
    """Sum of C[i, j] T_i(x) T_j(y) over pairs; x and y in [-1, 1]."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, is_used: Tensor, y: Tensor, coefficients: Tensor) -> Tensor:
        rank = len(coefficients)
        of_x, of_y = _moments(x, rank, is_used), _moments(y, rank, None)
        ctx.save_for_backward(x, is_used, y, of_y @ coefficients.T, of_x @ coefficients)
        return (of_x @ coefficients * of_y).sum()

    @staticmethod
    def backward(ctx: Any, *outer: Tensor) -> tuple[Tensor | None, ...]:
        x, is_used, y, series_of_x, series_of_y = ctx.saved_tensors
        slope_x = _derivative(series_of_x, x).masked_fill_(~is_used, 0.0)
        return outer[0] * slope_x, None, outer[0] * _derivative(series_of_y, y), None


def _moments(x: Tensor, rank: int, is_used: Tensor | None) -> Tensor:
    """Sums over each row of the first polynomials, shape [A, rank]; T_k takes T_(k-2)'s place."""
    weight = torch.ones_like(x) if is_used is None else is_used.to(x.dtype)
    before, now = weight, x * weight
    sums = [before.sum(1), now.sum(1)]
    for _ in range(rank - 2):
        before, now = now, before.neg_().addcmul_(x, now, value=2)
        sums.append(now.sum(1))
    return torch.stack(sums, dim=1)


def _derivative(series: Tensor, x: Tensor) -> Tensor:
    """The derivative of each row's Chebyshev series at its x, by Clenshaw's recurrence."""
    rank = series.shape[1]
    to_slope = torch.as_tensor(chebyshev.chebder(np.eye(rank)).T, dtype=x.dtype, device=x.device)
    slopes = series @ to_slope
    last, now = torch.zeros_like(x), torch.zeros_like(x)
    for degree in range(rank - 2, 0, -1):
        last, now = now, last.neg_().add_(slopes[:, degree, None]).addcmul_(x, now, value=2)
    return last.neg_().add_(slopes[:, 0, None]).addcmul_(x, now)


@cache
def _expansion(scale: float) -> np.ndarray | None:
    """Coefficients C[i, j] of the smallest rank that is accurate, in value and slope."""
    for rank in _RANKS:
        coefficients = _interpolated(scale, rank)
        if _error(coefficients, scale) < _TOLERANCE:
            return coefficients
    return None


def _interpolated(scale: float, rank: int) -> np.ndarray:
    nodes = np.cos(np.pi * (np.arange(rank) + 0.5) / rank)
    values = np.logaddexp(0, scale * (nodes[:, None] - nodes[None, :]))
    basis = chebyshev.chebvander(nodes, rank - 1) * (2 / rank)
    basis[:, 0] /= 2
    found: np.ndarray = basis.T @ values @ basis
    return found


def _error(coefficients: np.ndarray, scale: float) -> float:
    """The largest error on a fine grid, of the value or of the slope over the scale."""
    grid = np.linspace(-1, 1, 201)
    x, y = grid[:, None], grid[None, :]
    value = chebyshev.chebgrid2d(grid, grid, coefficients) - np.logaddexp(0, scale * (x - y))
    exact = scale / (1 + np.exp(-scale * (x - y)))
    slope = chebyshev.chebgrid2d(grid, grid, chebyshev.chebder(coefficients, axis=0)) - exact
    return float(max(np.abs(value).max(), np.abs(slope).max() / max(scale, 1e-9)))
