"""What is done to a picture before it is printed: a lab's enhancement, a driver's profile.

A profile says which input brings out which light, as a colour profile with black point compensation
does, but by a curve a channel and a gain alone: greys come out grey and evenly spaced from the
printer's black to its paper, and skin in its colour.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from anomaly_fas.simulation.grid import Image, blur
from anomaly_fas.simulation.printing import Printer, ink_on_paper, separate

if TYPE_CHECKING:
    from anomaly_fas.simulation.picture import Picture

_LEVELS: Final = 256
_SKIN: Final = (0.47, 0.28, 0.20)
_MOST: Final = 2.5
"""Beyond this gain a driver leaves a colour out of gamut."""

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


def for_printer(radiance: Image, printer: Printer) -> np.ndarray:
    """What to send to a printer for a picture to come out right, as far as it can.

    Args:
        radiance: linear RGB, 0 to 1, shape [rows, columns, 3].
        printer: printer to compensate for.

    Returns:
        uint8, of the same shape.
    """
    curves = _curves(printer)
    grey = radiance.mean(axis=-1, keepdims=True)
    radiance = grey + (radiance - grey) * _gain(printer)
    places = (np.clip(radiance, 0, 1) ** np.float32(0.5) * (_LEVELS - 1) + 0.5).astype(np.uint8)
    return np.stack([curves[channel][places[..., channel]] for channel in range(3)], axis=-1)


@cache
def _gain(printer: Printer) -> np.float32:
    """How much purer skin has to be sent than it is to come out."""
    curves, even = _curves(printer), replace(printer, fibre=0.0, banding=0.0)
    sent = np.array([curves[c][round(_SKIN[c] ** 0.5 * (_LEVELS - 1))] for c in range(3)])
    point = np.full((1, 1), 0.5, np.float32)
    page = ink_on_paper(separate(sent.reshape(1, 1, 3), even), point, point, even, 1.0, 0)[0, 0]
    return np.float32(np.clip(_purity(np.array(_SKIN)) / _purity(page), 1, _MOST))


def _purity(colour: np.ndarray) -> float:
    return float((colour[0] - colour[2]) / colour.mean())


@cache
def _curves(printer: Printer) -> np.ndarray:
    """The input, uint8, for each square root of light in even steps, shape [3, levels]."""
    ramp = np.arange(_LEVELS, dtype=np.uint8)
    greys = np.repeat(np.repeat(ramp[None, :, None], 3, axis=2), 4, axis=0)
    across = np.tile((np.arange(_LEVELS, dtype=np.float32) + 0.5) / _LEVELS, (4, 1))
    down = np.full_like(across, 0.5)
    even = replace(printer, fibre=0.0, banding=0.0)
    page = ink_on_paper(separate(greys, even), across, down, even, 1.0, 0).mean(axis=0)
    wanted = np.linspace(0, 1, _LEVELS) ** 2
    dark, white = page[0], page[-1]
    return np.stack(
        [
            np.interp(
                dark[c] + (white[c] - dark[c]) * wanted, np.maximum.accumulate(page[:, c]), ramp
            )
            for c in range(3)
        ]
    ).astype(np.uint8)
