"""What a classical method measures on a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np


class FrameFeatures(Protocol):
    """A vector of numbers for an image; the same image always gives the same one.

    Its `repr` tells the settings: features are kept on disk by it and the version. It is sent to
    other processes.
    """

    @property
    def dim(self) -> int:
        """How many numbers."""
        ...

    @property
    def version(self) -> int:
        """Raised whenever the numbers change."""
        ...

    def __call__(self, image: np.ndarray) -> np.ndarray:
        """The features of a face crop.

        Args:
            image: sRGB, uint8, shape [rows, columns, 3].

        Returns:
            float64, shape [dim], finite.
        """
        ...
