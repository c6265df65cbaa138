"""What is measured of an image: a spectrum, and numbers that each stand for one cue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from compression import grid_strength
from noise import noise_by_light, noise_level, roughness
from skimage.color import rgb2lab, rgb2ycbcr
from spectrum import radial_spectrum

if TYPE_CHECKING:
    from collections.abc import Iterable

_SATURATED = 94.0
_COLOURLESS = 12.0
_LEAST = 1e-4


@dataclass(frozen=True, eq=False)
class Measured:
    """The statistics of a set of images.

    Attributes:
        scalars: a row an image, a column a statistic.
        spectra: dB, shape [images, BINS].
    """

    scalars: pd.DataFrame
    spectra: np.ndarray


def measure(images: Iterable[np.ndarray]) -> Measured:
    """Measure images, sRGB, uint8, all of one shape [size, size, 3]."""
    rows, spectra = [], []
    for image in images:
        luma = rgb2ycbcr(image)[..., 0].astype(np.float32) / 255
        rows.append(_light(image, luma) | _colour(image))
        spectra.append(radial_spectrum(luma))
    return Measured(pd.DataFrame(rows), np.array(spectra))


def _light(image: np.ndarray, luma: np.ndarray) -> dict[str, float]:
    """Noise, sharpness and compression over the whole crop; noise in units of 8-bit steps, log."""
    chroma = rgb2ycbcr(image)[..., 1:].astype(np.float32)
    dark, bright = noise_by_light(_face(luma))
    return {
        "noise": float(np.log(255 * noise_level(_face(luma)))),
        "noise in light over dark": float(np.log(bright / dark)),
        "chroma noise": float(np.log(roughness(_face(chroma[..., 0])))),
        "sharpness": _sharpness(_face(luma)),
        "JPEG grid": grid_strength(luma),
    }


def _colour(image: np.ndarray) -> dict[str, float]:
    """Colour and contrast of the face, in CIELAB."""
    lab = rgb2lab(_face(image)).reshape(-1, 3)
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    low, high = np.percentile(lab[:, 0], [2, 98])
    specular = (lab[:, 0] > _SATURATED) & (chroma < _COLOURLESS)
    return {
        "black": float(low),
        "white": float(high),
        "contrast": float(lab[:, 0].std()),
        "red": float(lab[:, 1].mean()),
        "yellow": float(lab[:, 2].mean()),
        "chroma": float(chroma.mean()),
        "gamut": _gamut(lab[:, 1:]),
        "specular share": float(specular.mean()),
    }


def _gamut(chromaticity: np.ndarray) -> float:
    """Log area of the ellipse that the image's colours spread over, one standard deviation."""
    area = np.pi * np.sqrt(max(float(np.linalg.det(np.cov(chromaticity.T))), 0.0))
    return float(np.log(_least(area)))


def _sharpness(luma: np.ndarray) -> float:
    """Log ratio of the mean steepness from pixel to pixel and over four pixels."""
    fine = np.abs(np.diff(luma, axis=0)).mean() + np.abs(np.diff(luma, axis=1)).mean()
    coarse = np.abs(luma[4:] - luma[:-4]).mean() + np.abs(luma[:, 4:] - luma[:, :-4]).mean()
    return float(np.log(_least(fine) / _least(coarse)))


def _face(image: np.ndarray) -> np.ndarray:
    """The middle three fifths of the crop."""
    margin = image.shape[0] // 5
    return image[margin:-margin, margin:-margin]


def _least(value: float) -> float:
    return max(value, _LEAST)
