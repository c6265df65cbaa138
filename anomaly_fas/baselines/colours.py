"""Colours of an image: the moments of their channels, and how many there are."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

MOST_FREQUENT: Final = 100
"""Colours whose shares are features."""

_LEVELS: Final = 32
_COVERED: Final = 0.99


def chromatic_moments(image: np.ndarray) -> np.ndarray:
    """Mean, deviation, skewness and shares of the lowest and highest tenth, of H, S and V.

    Hue is turned by half a circle, so that it does not jump in the reds of skin.

    Args:
        image: sRGB, uint8, shape [rows, columns, 3].

    Returns:
        float64, shape [15]: five of each channel, which is taken to lie in [0, 1].
    """
    hsv = cv2.cvtColor((image / 255.0).astype(np.float32), cv2.COLOR_RGB2HSV).astype(np.float64)
    hue = (hsv[..., 0] / 360.0 + 0.5) % 1.0
    return np.concatenate([_moments(channel) for channel in (hue, hsv[..., 1], hsv[..., 2])])


def _moments(channel: np.ndarray) -> np.ndarray:
    mean, deviation = channel.mean(), channel.std()
    # What rounding leaves of the deviation of equal values says nothing of their skewness.
    skewness = (((channel - mean) / deviation) ** 3).mean() if deviation > 1e-6 else 0.0
    return np.array([mean, deviation, skewness, (channel < 0.1).mean(), (channel >= 0.9).mean()])


def colour_diversity(image: np.ndarray) -> np.ndarray:
    """Shares of the most frequent colours, and how many colours cover 99 % of the pixels.

    Colours are those of 32 levels a channel.

    Args:
        image: sRGB, uint8, shape [rows, columns, 3].

    Returns:
        float64, shape [101]: 100 shares in falling order, zeros where there are fewer colours, and
        the number.
    """
    red, green, blue = (image // (256 // _LEVELS)).astype(np.int64).transpose(2, 0, 1)
    counts = np.bincount((red * _LEVELS**2 + green * _LEVELS + blue).ravel(), minlength=_LEVELS**3)
    falling = np.sort(counts)[::-1]
    covering = np.searchsorted(np.cumsum(falling), _COVERED * falling.sum()) + 1
    return np.append(falling[:MOST_FREQUENT] / falling.sum(), covering)
