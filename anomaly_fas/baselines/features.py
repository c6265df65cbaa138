"""Features of a frame, as classical methods compute them."""

from typing import Protocol

import numpy as np


class FrameFeatures(Protocol):
    """A vector of numbers for an image; the same image always gives the same one.

    Its `repr` tells the settings: features are cached under it and the version. It is pickled.
    """

    @property
    def dim(self) -> int:
        """Number of features."""

    @property
    def version(self) -> int:
        """Raised whenever the numbers change."""

    def __call__(self, image: np.ndarray) -> np.ndarray:
        """Compute the features of a face crop.

        Args:
            image: sRGB, uint8, shape [rows, columns, 3].

        Returns:
            float64, shape [dim], finite.
        """
