"""Specular reflection: how much of an image shines, and how strongly."""

from __future__ import annotations

from typing import Final

import numpy as np

_COLOURED: Final = 0.04
"""Least difference of a pixel's greatest and least channel from which on its ratio is reliable."""


def specular_component(image: np.ndarray) -> np.ndarray:
    """What each pixel reflects like a mirror: in the colour of the light, taken to be white.

    Of a matt material the greatest channel is a fixed multiple of the difference between the
    greatest and the least; a reflection adds to the former and not to the latter. A face is taken
    to be one material, whose multiple is the median over the pixels: Shen and Zheng, Real-time
    highlight removal using intensity ratio, Applied Optics 2013, with one cluster.

    Args:
        image: sRGB, uint8, shape [rows, columns, 3].

    Returns:
        float64, shape [rows, columns], in [0, 1].
    """
    values = image / 255.0
    greatest: np.ndarray = values.max(axis=2)
    spread = greatest - values.min(axis=2)
    coloured = spread > _COLOURED
    if not coloured.any():  # a grey image: its light and its material cannot be told apart
        return greatest
    ratio = float(np.median(greatest[coloured] / spread[coloured]))
    component: np.ndarray = np.clip(greatest - ratio * spread, 0.0, None)
    return component


def specular_features(component: np.ndarray) -> np.ndarray:
    """Share, mean and standard deviation of the specular pixels.

    Those are of 1.5 to 4 times the mean: brighter ones are white things rather than reflections
    (Wen, Han and Jain, IEEE TIFS 2015).

    Args:
        component: float, shape [rows, columns], at least 0.

    Returns:
        float64, shape [3]; zeros where there are no such pixels.
    """
    mean = component.mean()
    chosen = component[(component >= 1.5 * mean) & (component < 4 * mean)]
    if chosen.size == 0:
        return np.zeros(3)
    return np.array([chosen.size / component.size, chosen.mean(), chosen.std()])
