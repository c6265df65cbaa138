"""The canonical frontal view of a head, and the shapes that anatomy is put together from.

x runs from -1.2 (the image's left) to 1.2 and y from -1.45 (top) to 1.45; the face is about 1.5
wide and 2 high, with the eyes at y = -0.15. z points out of the face, in the same unit.
"""

from typing import Final

import cv2
import numpy as np

UNIT: Final = 84
"""Pixels a unit of length."""

HALF_WIDTH: Final = 1.2
HALF_HEIGHT: Final = 1.45
COLUMNS: Final = round(2 * HALF_WIDTH * UNIT)
ROWS: Final = round(2 * HALF_HEIGHT * UNIT)

X: Final = np.tile(np.linspace(-HALF_WIDTH, HALF_WIDTH, COLUMNS, dtype=np.float32), (ROWS, 1))
Y: Final = np.tile(
    np.linspace(-HALF_HEIGHT, HALF_HEIGHT, ROWS, dtype=np.float32)[:, None], (1, COLUMNS)
)

Image = np.ndarray
"""float32, shape [rows, columns] or [rows, columns, 3]."""


def to_pixels(x: Image, y: Image) -> tuple[Image, Image]:
    """Map coordinates to pixel columns and rows of the grid."""
    columns = (x + np.float32(HALF_WIDTH)) * np.float32((COLUMNS - 1) / (2 * HALF_WIDTH))
    rows = (y + np.float32(HALF_HEIGHT)) * np.float32((ROWS - 1) / (2 * HALF_HEIGHT))
    return columns, rows


def interpolate(
    image: Image, columns: Image, rows: Image, border: int = cv2.BORDER_REPLICATE
) -> Image:
    """Interpolate an image at pixel positions; `border` continues it beyond its edges."""
    return cv2.remap(image, columns, rows, cv2.INTER_LINEAR, borderMode=border)


def bump(
    x: float, y: float, width: float, height: float, grid: tuple[Image, Image] = (X, Y)
) -> Image:
    """Draw a Gaussian hill of height 1 at (x, y); `width`, `height`: its standard deviations."""
    dx, dy = grid[0] - np.float32(x), grid[1] - np.float32(y)
    return np.exp(-0.5 * ((dx / np.float32(width)) ** 2 + (dy / np.float32(height)) ** 2))


def step(value: Image, start: float, end: float) -> Image:
    """Step smoothly from 0 at `start` to 1 at `end`; fall where `end` < `start`."""
    t = np.clip((value - np.float32(start)) / np.float32(end - start), 0, 1)
    return t * t * (3 - 2 * t)


def noise(rng: np.random.Generator, cells: int, rows: int = ROWS, columns: int = COLUMNS) -> Image:
    """Draw smooth noise of unit variance, with features of about 1/`cells` of the width."""
    shape = (max(2, round(cells * rows / columns)), max(2, cells))
    coarse = rng.standard_normal(shape, dtype=np.float32)
    return cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_CUBIC)


def blur(image: Image, sigma: float) -> Image:
    """Blur by a Gaussian, sigma in pixels."""
    return cv2.GaussianBlur(image, (0, 0), float(sigma))


def mix(first: Image, second: Image | float, weight: Image | float) -> Image:
    """Mix `first` (weight 0) and `second` (weight 1); weights gain a channel if needed."""
    if isinstance(weight, np.ndarray) and weight.ndim < first.ndim:
        weight = in_each_channel(weight)
    mixed = (second - first) * weight
    mixed += first
    return mixed


# NumPy's broadcasting over a last axis of 3 is several times as slow as what these do.


def in_each_channel(plane: Image) -> Image:
    """Repeat a plane in three channels: shape [rows, columns, 3]."""
    return cv2.merge([plane] * 3)


def coloured(plane: Image, colour: np.ndarray) -> Image:
    """Multiply a plane by a colour of three channels: shape [rows, columns, 3]."""
    return cv2.merge([plane * channel for channel in colour])


def tinted(image: Image, colour: np.ndarray) -> Image:
    """Multiply an image by a colour of as many channels."""
    rows = image.reshape(len(image), -1)
    return (rows * np.tile(colour, image.shape[1])).reshape(image.shape)


class Window:
    """A part of the grid, so that small features cost little."""

    def __init__(self, left: float, right: float, top: float, bottom: float) -> None:
        rows = slice(_clip(top, HALF_HEIGHT, ROWS), _clip(bottom, HALF_HEIGHT, ROWS))
        columns = slice(_clip(left, HALF_WIDTH, COLUMNS), _clip(right, HALF_WIDTH, COLUMNS))
        self.part = (rows, columns)
        self.grid = (X[self.part], Y[self.part])


def _clip(position: float, half: float, count: int) -> int:
    return int(np.clip(round((position + half) / (2 * half) * (count - 1)), 0, count))
