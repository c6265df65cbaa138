"""Blurriness of an image without a sharp one to compare it with."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from skimage.measure import blur_effect

_FILTER: Final = 9
"""Side of the filter that an image is blurred with once more, as the authors of IDA have it."""

_STRONG: Final = 4.0
"""An edge's squared gradient, as a multiple of the image's mean, at least."""


def lost_by_blurring(grey: np.ndarray) -> float:
    """How little blurring an image once more changes: 0 for a sharp image, 1 for a blurred one.

    Crete et al., The blur effect, SPIE 2007.

    Args:
        grey: uint8, shape [rows, columns].
    """
    if np.ptp(grey) == 0:
        return 1.0
    return float(blur_effect(grey, h_size=_FILTER))


def edge_width(grey: np.ndarray) -> float:
    """Mean width in pixels of the vertical edges: from one local extreme of a row to the next.

    Marziliano et al., A no-reference perceptual blur metric, ICIP 2002. Edges are the horizontal
    maxima of Sobel's gradient that are strong for their image.

    Args:
        grey: uint8, shape [rows, columns].

    Returns:
        Pixels, at least 1; 0 where there is no edge.
    """
    values = grey.astype(np.float64)
    strength = np.abs(cv2.Sobel(values, cv2.CV_64F, 1, 0))
    inner = strength[:, 1:-1]
    edges = (inner >= strength[:, :-2]) & (inner > strength[:, 2:])
    edges &= inner**2 > _STRONG * np.mean(strength**2)
    steps = np.sign(np.diff(values, axis=1))
    lengths = _run_lengths(steps)
    direction = np.sign(values[:, 2:] - values[:, :-2])
    before = np.where(steps[:, :-1] == direction, lengths[:, :-1], 0)
    after = np.where(steps[:, 1:] == direction, lengths[:, 1:], 0)
    edges &= direction != 0
    return float(np.maximum(before, after)[edges].mean()) if edges.any() else 0.0


def _run_lengths(steps: np.ndarray) -> np.ndarray:
    """How long the run of equal values is that each value of a row belongs to."""
    begins = np.ones(steps.shape, dtype=bool)
    begins[:, 1:] = steps[:, 1:] != steps[:, :-1]
    runs = np.cumsum(begins.ravel()) - 1
    lengths: np.ndarray = np.bincount(runs)[runs].reshape(steps.shape)
    return lengths
