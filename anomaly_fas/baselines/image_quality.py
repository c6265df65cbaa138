"""Image quality: the measures of image distortion analysis.

Wen, Han and Jain, Face Spoof Detection with Image Distortion Analysis, IEEE TIFS 2015.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from anomaly_fas.baselines.blurriness import edge_width, lost_by_blurring
from anomaly_fas.baselines.colours import chromatic_moments, colour_diversity
from anomaly_fas.baselines.specularity import specular_component, specular_features


@dataclass(frozen=True)
class ImageQuality:
    """The 121 measures: specular reflection 3, blurriness 2, chromatic moments 15, colours 101.

    The paper's, but for the separation of the specular component: see `specular_component`.
    """

    version: ClassVar[int] = 1
    dim: ClassVar[int] = 121

    def __call__(self, image: np.ndarray) -> np.ndarray:
        """See `FrameFeatures`."""
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        return np.concatenate(
            [
                specular_features(specular_component(image)),
                [lost_by_blurring(grey), edge_width(grey)],
                chromatic_moments(image),
                colour_diversity(image),
            ]
        )
