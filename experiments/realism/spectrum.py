"""Radial power spectrum: how sharp a capture is, and what noise it has."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import ndimage

BINS: Final = 40
_FLOOR: Final = 1e-9


def radial_spectrum(luma: np.ndarray) -> np.ndarray:
    """Mean power of the spatial frequencies, from the centre of the spectrum outwards.

    The mean is taken off and a Hann window laid over the image, so that its edges do not count.

    Args:
        luma: shape [size, size], in [0, 1].

    Returns:
        dB, shape [BINS]: bin k covers k to k + 1 eightieths of a cycle a pixel.
    """
    size = luma.shape[0]
    window = np.hanning(size)[:, None] * np.hanning(size)
    power = np.abs(np.fft.fft2((luma - luma.mean()) * window)) ** 2 / (window**2).sum()
    rows, columns = np.meshgrid(np.fft.fftfreq(size), np.fft.fftfreq(size), indexing="ij")
    ring = (np.hypot(rows, columns) * 2 * BINS).astype(int)
    mean = ndimage.mean(power, ring, np.arange(BINS))
    return np.asarray(10 * np.log10(mean + _FLOOR))
