"""Colour texture: histograms of local binary patterns in two colour spaces.

Boulkenafet, Komulainen and Hadid, Face Spoofing Detection Using Colour Texture Analysis, IEEE TIFS
2016.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

import cv2
import numpy as np
from skimage.feature import local_binary_pattern

BINS: Final = 59
"""Uniform patterns of 8 neighbours, one bin each, and one bin for all others."""


@dataclass(frozen=True)
class ColourTexture:
    """Histograms of uniform local binary patterns of H, S, V, Y, Cb and Cr, one after the other.

    The paper's patterns, 8 neighbours at radius 1, of crops of whatever size they have: it resizes
    its own to 64 pixels. Each histogram holds shares of the pixels, in [0, 1], and sums to 1.
    """

    version: ClassVar[int] = 1
    dim: ClassVar[int] = 6 * BINS

    def __call__(self, image: np.ndarray) -> np.ndarray:
        """See `FrameFeatures`."""
        return np.concatenate([pattern_histogram(channel) for channel in colour_channels(image)])


def colour_channels(image: np.ndarray) -> list[np.ndarray]:
    """Split an sRGB uint8 image into H, S, V, Y, Cb and Cr, uint8 over the full range."""
    hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV_FULL)
    luma, red, blue = cv2.split(cv2.cvtColor(image, cv2.COLOR_RGB2YCrCb))
    return [*cv2.split(hsv), luma, blue, red]


def pattern_histogram(channel: np.ndarray) -> np.ndarray:
    """Compute the shares of the 59 uniform local binary patterns (8 neighbours, radius 1).

    Pixels at the border have too few neighbours, and are left out.

    Args:
        channel: uint8, shape [rows, columns], at least 3 of each.

    Returns:
        float64, shape [59], of sum 1.
    """
    patterns = local_binary_pattern(channel, P=8, R=1, method="nri_uniform")[1:-1, 1:-1]
    counts = np.bincount(patterns.astype(np.int64).ravel(), minlength=BINS)
    shares: np.ndarray = counts / patterns.size
    return shares
