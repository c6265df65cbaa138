"""Printers: from a picture, over what is sent to the printer, to dots of ink on paper.

A profile says which input brings out which light, as a colour profile with black point compensation
does, but by a curve a channel and a gain alone: greys come out grey and evenly spaced from the
printer's black to its paper, and skin in its colour.

Ink coverage is screened into dots, either amplitude-modulated on a grid a colour (laser printers)
or frequency-modulated (inkjet). Dots are evaluated at any position of the page, so that structure
finer than a sensor's photosites aliases there rather than here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import cv2
import numpy as np

from anomaly_fas.simulation.grid import Image, blur, interpolate
from anomaly_fas.simulation.picture import Picture
from anomaly_fas.types import FinePai


@dataclass(frozen=True)
class Printer:
    """A printer and its paper.

    Attributes:
        cells: screen cells across the picture; a face is about half as wide.
        stochastic: whether dots are scattered rather than on a grid.
        dot_gain: how much dots grow, in coverage at 50 %.
        black: reflectance of solid black.
        inks: purity of the inks, 0 to 1: the gamut.
        gloss: of the paper.
        fibre: relative unevenness of the paper.
        banding: relative unevenness from line to line.
    """

    cells: int
    stochastic: bool
    dot_gain: float
    black: float
    inks: float
    gloss: float
    fibre: float
    banding: float


PRINTERS: Final[Mapping[FinePai, Printer]] = {
    FinePai.PRINT_LOW: Printer(190, False, 0.20, 0.024, 0.74, 0.02, 0.016, 0.016),
    FinePai.PRINT_MEDIUM: Printer(260, False, 0.14, 0.015, 0.84, 0.04, 0.010, 0.010),
    FinePai.PRINT_HIGH: Printer(420, True, 0.08, 0.008, 0.93, 0.10, 0.005, 0.004),
}

_PURE: Final = np.array(  # reflectance of solid cyan, magenta and yellow in linear RGB
    [[0.06, 0.34, 0.60], [0.55, 0.05, 0.20], [0.86, 0.72, 0.07]], np.float32
)
_SOLID: Final = np.array([*(1 - _PURE.diagonal()), 0.98], np.float32)
_MASKING: Final = np.linalg.inv(
    np.log((1 + _PURE) / 2) / np.log((1 + _PURE.diagonal()) / 2)[:, None]
).astype(np.float32)
"""From densities of red, green and blue to those of the inks, as they are at half coverage."""
_LINEAR: Final = (np.arange(256, dtype=np.float32) / 255) ** np.float32(2.2)
_PAPER: Final = np.array([0.835, 0.86, 0.92], np.float32)
"""With brighteners, as office and photo papers have."""
_ANGLES: Final = (15.0, 75.0, 0.0, 45.0)
_TILE: Final = 128

_LEVELS: Final = 256
_SKIN: Final = (0.47, 0.28, 0.20)
_MOST: Final = 2.5
"""Beyond this gain a driver leaves a colour out of gamut."""

_ENDS: Final = (2.0, 98.0)
"""Percentiles of the picture's middle that become black and white."""


def enhanced(picture: Picture, rng: np.random.Generator) -> Picture:
    """Enhance a picture: automatic levels, changed colours, sharper edges, each to a degree."""
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
    """Compute what to send to a printer for a picture to come out right, if it can.

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
    lights, rising = dark + (white - dark) * wanted[:, None], np.maximum.accumulate(page)
    curves = [np.interp(lights[:, c], rising[:, c], ramp) for c in range(3)]
    return np.stack(curves).astype(np.uint8)


def separate(image: Image, printer: Printer) -> Image:
    """Compute coverage by cyan, magenta, yellow and black, float32, shape [rows, columns, 4].

    As a driver does it: black stands for paper's white down to the printer's black, greys come out
    grey by masking (Yule, "Principles of Color Reproduction", 1967), and black ink takes over part
    of the shadows. It knows the inks as they should be and half of the dots' growth.
    """
    density = -np.log(np.maximum(_LINEAR[image], np.float32(0.01)))
    black = np.float32(0.7) * np.maximum(density.min(axis=-1, keepdims=True) - 1.1, 0)
    inks = np.maximum((density - black) @ _MASKING, 0)
    coverage = 1 - np.exp(-np.concatenate([inks, black], axis=-1))
    coverage = np.minimum(coverage / _SOLID, 1)
    return coverage + np.float32(printer.dot_gain) * coverage * (1 - coverage)


def ink_on_paper(
    coverage: Image, u: Image, v: Image, printer: Printer, aperture: float, seed: int
) -> Image:
    """Compute the reflectance of the page at positions of the picture.

    Args:
        coverage: from `separate`.
        u: position across the picture, 0 to 1.
        v: position down the picture, 0 to 1.
        printer: the printer.
        aperture: size of the area that one position stands for, in picture widths; dots finer
            than it lose their contrast.
        seed: seeds dots, fibres and banding.

    Returns:
        Linear RGB, float32, the shape of `u` and a last axis of 3.
    """
    rows, columns = coverage.shape[:2]
    wanted = interpolate(coverage, u * columns - 0.5, v * rows - 0.5)
    sharpness = np.float32(np.exp(-4 * (printer.cells * aperture) ** 2))
    page = [1.0, 1.0, 1.0]
    inks = np.vstack([1 - (1 - _PURE) * printer.inks, np.full((1, 3), 0.02)])
    for channel, ink in enumerate(inks.astype(np.float32)):
        share = wanted[..., channel]
        if sharpness > 0.02:
            dots = np.clip((share - _threshold(u, v, printer, channel, seed)) * 4 + 0.5, 0, 1)
            share = share + sharpness * (dots - share)
        page = [plane * (1 - share * (1 - part)) for plane, part in zip(page, ink, strict=True)]
    black, uneven = np.float32(printer.black), _unevenness(u, v, printer, seed)
    papers = zip(page, _PAPER, strict=True)
    return cv2.merge([(black + (paper - black) * plane) * uneven for plane, paper in papers])


def _threshold(u: Image, v: Image, printer: Printer, channel: int, seed: int) -> Image:
    """The screen: the coverage above which a position is inked, uniform in (0, 1)."""
    if printer.stochastic:
        offset = 31 * channel + seed % 97
        columns = (u * np.float32(printer.cells)).astype(np.int32) + offset
        rows = (v * np.float32(printer.cells)).astype(np.int32) + 2 * offset
        return _scatter()[rows % _TILE, columns % _TILE]
    angle = np.radians(_ANGLES[channel])
    turn = np.float32(2 * np.pi * printer.cells)
    cos, sin = np.float32(np.cos(angle)) * turn, np.float32(np.sin(angle)) * turn
    wave = np.cos(u * cos + v * sin) + np.cos(v * cos - u * sin)
    # The sum of two cosines is not uniform; this cubic makes it nearly so.
    return np.clip(0.5 + wave * (np.float32(0.355) - np.float32(0.0306) * wave * wave), 0, 1)


@cache
def _scatter() -> Image:
    """A tile of thresholds without low frequencies: high-passed noise, ranked."""
    tile = np.random.default_rng(11).standard_normal((_TILE, _TILE)).astype(np.float32)
    high = tile - blur(np.tile(tile, (3, 3)), 1.4)[_TILE : 2 * _TILE, _TILE : 2 * _TILE]
    ranks = np.argsort(np.argsort(high, axis=None))
    return ((ranks + 0.5) / ranks.size).reshape(_TILE, _TILE).astype(np.float32)


def _unevenness(u: Image, v: Image, printer: Printer, seed: int) -> Image:
    rng = np.random.default_rng(seed)
    size = 192
    texture = rng.standard_normal((size, size), dtype=np.float32)
    texture = blur(texture, 0.7) * np.float32(1.4 * printer.fibre)
    texture += rng.standard_normal((size, 1), dtype=np.float32) * np.float32(printer.banding)
    return 1 + interpolate(texture, u * size, v * size, cv2.BORDER_REFLECT)
