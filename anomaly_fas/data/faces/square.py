"""Crops that keep the face as it stands: an upright square around its box."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from anomaly_fas.data.faces.face_crop import check_crop
from anomaly_fas.data.faces.view import View

if TYPE_CHECKING:
    import numpy as np

    from anomaly_fas.data.faces.face import Face


@dataclass(frozen=True)
class Square:
    """The square around the centre of a face's box, of side max(width, height) * (1 + margin).

    Attributes:
        size: side of the crops in pixels.
        margin: what is added to the box's longer side, as a share of it.

    Raises:
        ConfigError: see `check_crop`.
    """

    size: int
    margin: float

    def __post_init__(self) -> None:
        check_crop(self.size, self.margin)

    def __call__(self, image: np.ndarray, face: Face) -> np.ndarray:
        """See `FaceCrop`."""
        left, top, right, bottom = face.box
        side = max(right - left, bottom - top) * (1 + self.margin)
        corner = complex(left + right - side, top + bottom - side) / 2
        return View(corner, side)(image, self.size)

    def describe(self) -> dict[str, str | float | int]:
        """See `FaceCrop`."""
        return {"name": "square", "size": self.size, "margin": self.margin}
