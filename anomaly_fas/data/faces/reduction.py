"""Images made small enough for a detector."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np


class Reduced(NamedTuple):
    """A smaller copy of an image.

    Attributes:
        image: uint8, shape [rows, columns, 3].
        scale: its width and height over those of the original, shape [2].
    """

    image: np.ndarray
    scale: np.ndarray


def reduced(image: np.ndarray, max_side: int) -> Reduced:
    """The image, area-averaged such that its longer side is at most `max_side` pixels."""
    rows, columns = image.shape[:2]
    factor = min(1.0, max_side / max(rows, columns))
    size = (max(1, round(columns * factor)), max(1, round(rows * factor)))
    if size == (columns, rows):
        return Reduced(image, np.ones(2))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return Reduced(small, np.array([size[0] / columns, size[1] / rows]))
