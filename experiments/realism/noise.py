"""Noise: its level in light and colour, and how it depends on the light."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

_KERNEL: Final = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32) / 6
"""Blind to planes and edges along the axes; unit gain on white noise (Immerkær, "Fast noise
variance estimation", CVIU 1996)."""
_MAD: Final = 1.4826
_LEAST: Final = 1e-5


def noise_level(channel: np.ndarray) -> float:
    """Standard deviation of the noise, from the median of a high-passed image.

    Args:
        channel: shape [rows, columns], float32.
    """
    return _spread(_high_pass(channel))


def roughness(channel: np.ndarray) -> float:
    """Standard deviation of the noise, from the mean of a high-passed image.

    Edges count; unlike `noise_level`, it does not drop to 0 where most pixels are equal, as in
    subsampled colours.

    Args:
        channel: shape [rows, columns], float32.
    """
    return max(float(np.sqrt(np.pi / 2) * np.abs(_high_pass(channel)).mean()), _LEAST)


def noise_by_light(luma: np.ndarray) -> tuple[float, float]:
    """Noise of the darker and of the brighter half of the image's pixels."""
    noise = _high_pass(luma)
    dark = luma[1:-1, 1:-1] <= np.median(luma)
    return _spread(noise[dark]), _spread(noise[~dark])


def _high_pass(channel: np.ndarray) -> np.ndarray:
    return cv2.filter2D(channel, cv2.CV_32F, _KERNEL)[1:-1, 1:-1]


def _spread(noise: np.ndarray) -> float:
    return max(float(_MAD * np.median(np.abs(noise))), _LEAST) if noise.size else _LEAST
