"""The grid that JPEG's blocks leave in an image."""

from __future__ import annotations

import numpy as np

_BLOCK = 8
_LEAST = 1e-6


def grid_strength(luma: np.ndarray) -> float:
    """How much larger steps are between blocks of 8 pixels than within them.

    The blocks start at the image's corner. Second differences are compared, as slopes of the
    picture itself cancel in them (after Wang, Sheikh and Bovik, "No-reference perceptual quality
    assessment of JPEG compressed images", ICIP 2002).

    Args:
        luma: shape [size, size].

    Returns:
        Log of the ratio: 0 without a grid.
    """
    return (_along(luma) + _along(luma.T)) / 2


def _along(luma: np.ndarray) -> float:
    step = luma[:, 2:-1] - luma[:, 1:-2]
    slope = (luma[:, 1:-2] - luma[:, :-3] + luma[:, 3:] - luma[:, 2:-1]) / 2
    jump = np.abs(step - slope).mean(axis=0)
    column = np.arange(jump.size) + 2
    border = column % _BLOCK == 0
    between, within = jump[border].mean(), jump[~border].mean()
    return float(np.log((between + _LEAST) / (within + _LEAST)))
