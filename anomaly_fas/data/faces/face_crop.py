"""What cuts a face out of an image."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from anomaly_fas.data.faces.view import View
from anomaly_fas.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np

    from anomaly_fas.data.faces.face import Face

_SIZES: Final = (16, 2048)
_MARGINS: Final = (0.0, 4.0)


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
