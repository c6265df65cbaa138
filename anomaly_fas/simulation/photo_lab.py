"""What is done to a picture before it is printed, by a lab or by the printer's own software."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from anomaly_fas.simulation.grid import blur

if TYPE_CHECKING:
    from anomaly_fas.simulation.picture import Picture

_ENDS: Final = (2.0, 98.0)
"""Percentiles of the picture's middle that become black and white."""


def enhanced(picture: Picture, rng: np.random.Generator) -> Picture:
    """A picture with automatic levels, changed colours and sharper edges, each to some degree."""
    image = picture.image.astype(np.float32)
    quarter = image.shape[0] // 6
    low, high = np.percentile(image[quarter:-quarter, quarter:-quarter].mean(axis=-1), _ENDS)
    share = float(rng.uniform(0.7, 1.1))
    low, high = share * min(low, 90), 255 + share * (max(high, 160) - 255)
    image = (image - np.float32(low)) * np.float32(255 / (high - low))
    grey = image.mean(axis=-1, keepdims=True)
    image = grey + (image - grey) * np.float32(rng.uniform(0.8, 1.2))
    image += np.float32(rng.uniform(0.2, 1.2)) * (image - blur(image, image.shape[0] / 220))
    return replace(picture, image=np.clip(image + 0.5, 0, 255).astype(np.uint8))
