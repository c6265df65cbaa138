"""A square view of an image: moved, turned and scaled."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Final

import cv2
import numpy as np

from anomaly_fas.errors import DataError

_MAX_SIDE: Final = 8000
_MAX_TIMES: Final = 8
_MAX_COORDINATE: Final = 32_000
"""OpenCV's warping knows coordinates of 16 bits."""


@dataclass(frozen=True)
class View:
    """A square in an image, in coordinates of `Face`.

    Attributes:
        corner: x + iy of the corner that becomes the upper left one.
        edge: the way from there to the corner that becomes the upper right one, as x + iy.
    """

    corner: complex
    edge: complex

    def __call__(self, image: np.ndarray, size: int) -> np.ndarray:
        """What is seen in the square.

        The image is read bilinearly in steps of at most a pixel, and the readings that fall into
        one pixel of the crop are averaged: enlarged it is smooth, reduced it is free of aliasing.
        Outside the image it goes on mirrored at the centres of its outermost pixels.

        Args:
            image: sRGB, uint8, shape [rows, columns, 3].
            size: side of the result.

        Returns:
            uint8, shape [size, size, 3].

        Raises:
            DataError: the square does not touch the image, or is out of all proportion to it.
        """
        self._check(image)
        times = max(1, ceil(abs(self.edge) / size - 1e-6))
        step = self.edge / (size * times)
        first = self.corner + step * (0.5 + 0.5j) - (0.5 + 0.5j)
        fine = cv2.warpAffine(
            image,
            np.array([[step.real, -step.imag, first.real], [step.imag, step.real, first.imag]]),
            (size * times, size * times),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REFLECT_101,
        )
        return cv2.resize(fine, (size, size), interpolation=cv2.INTER_AREA)

    def _check(self, image: np.ndarray) -> None:
        rows, columns = image.shape[:2]
        corners = self.corner + self.edge * np.array([0, 1, 1 + 1j, 1j])
        low = (corners.real.min(), corners.imag.min())
        high = (corners.real.max(), corners.imag.max())
        if not (low[0] < columns and low[1] < rows and high[0] > 0 and high[1] > 0):
            raise DataError(f"the face lies outside the image of {columns} x {rows} pixels")
        if abs(self.edge) > min(_MAX_SIDE, _MAX_TIMES * min(rows, columns)):
            raise DataError(
                f"the face would be cut out {abs(self.edge):.0f} pixels wide from an image of "
                f"{columns} x {rows} pixels: are its coordinates in pixels of this image?"
            )
        if max(*high, columns, rows) > _MAX_COORDINATE:
            raise DataError(f"{columns} x {rows} pixels: a side has more than {_MAX_COORDINATE}")
