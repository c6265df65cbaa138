"""What cuts a face out of an image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from anomaly_fas.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np

    from anomaly_fas.data.faces.face import Face

_SIZES: Final = (16, 2048)
_MARGINS: Final = (0.0, 4.0)


class FaceCrop(Protocol):
    """Cuts out faces; it is sent to other processes, so it can be pickled."""

    @property
    def size(self) -> int:
        """Side of the crops in pixels."""
        ...

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
        ...

    def describe(self) -> dict[str, str | float | int]:
        """Plain facts that are others when the crops would be."""
        ...


def check_crop(size: int, margin: float) -> None:
    """Refuse settings that make no crop of a face.

    Raises:
        ConfigError: a size not in 16 to 2048 pixels, or a margin not in 0 to 4.
    """
    if not _SIZES[0] <= size <= _SIZES[1]:
        raise ConfigError(f"data.face_crop.size={size}: choose {_SIZES[0]} to {_SIZES[1]} pixels")
    if not _MARGINS[0] <= margin <= _MARGINS[1]:
        raise ConfigError(f"data.face_crop.margin={margin}: choose {_MARGINS[0]} to {_MARGINS[1]}")
