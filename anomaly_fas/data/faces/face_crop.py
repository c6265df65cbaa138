"""Cut a face out of an image."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import ceil
from typing import ClassVar, Final

import cv2
import numpy as np

from anomaly_fas.data.faces.face import Face
from anomaly_fas.errors import ConfigError, DataError

_SIZES: Final = (16, 2048)
_MARGINS: Final = (0.0, 4.0)
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


@dataclass(frozen=True)
class FaceCrop(ABC):
    """Cuts out faces; it is sent to other processes, so it can be pickled.

    Attributes:
        size: side of the crops in pixels, 16 to 2048.
        margin: share of the face's side that is added around it, 0 to 4.
        name: short name of the kind of crop.

    Raises:
        ConfigError: a value out of its range.
    """

    size: int
    margin: float
    name: ClassVar[str]

    def __post_init__(self) -> None:
        for key, value, (low, high), unit in (
            ("size", self.size, _SIZES, " pixels"),
            ("margin", self.margin, _MARGINS, ""),
        ):
            if not low <= value <= high:
                raise ConfigError(f"data.face_crop.{key}={value}: choose {low} to {high}{unit}")

    @abstractmethod
    def view(self, face: Face) -> View:
        """The square that the crop of a face shows.

        Raises:
            DataError: the face cannot be cut out.
        """

    def __call__(self, image: np.ndarray, face: Face) -> np.ndarray:
        """The crop of a face.

        Args:
            image: sRGB, uint8, shape [rows, columns, 3].
            face: where it is; what of the crop lies outside the image is mirrored into it.

        Returns:
            The crop, uint8, shape [size, size, 3].

        Raises:
            DataError: the face cannot be cut out.
        """
        return self.view(face)(image, self.size)

    def describe(self) -> dict[str, str | float | int]:
        """Plain facts that are others when the crops would be."""
        return {"name": self.name, "size": self.size, "margin": self.margin}


class Square(FaceCrop):
    """The upright square around a face's box, of side max(width, height) * (1 + margin)."""

    name = "square"

    def view(self, face: Face) -> View:
        """See `FaceCrop`."""
        left, top, right, bottom = face.box
        side = max(right - left, bottom - top) * (1 + self.margin)
        return View(complex(left + right - side, top + bottom - side) / 2, side)
