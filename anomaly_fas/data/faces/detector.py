"""What finds the faces in an image, and what detectors that OpenCV runs have in common."""

import hashlib
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar, Protocol

import cv2
import numpy as np

from anomaly_fas.data.faces.face import Face
from anomaly_fas.errors import ConfigError


class FaceDetector(Protocol):
    """Finds faces; it is sent to other processes, so it can be pickled."""

    def __call__(self, image: np.ndarray) -> list[Face]:
        """All faces in an image.

        Args:
            image: sRGB, uint8, shape [rows, columns, 3].

        Raises:
            ConfigError: the detector's model cannot be had or read.
        """
        ...

    def describe(self) -> dict[str, str | float | int]:
        """Plain facts that are others when the faces found would be."""
        ...


class NetworkDetector(ABC):
    """Settings of a detector that OpenCV runs from a file.

    Args:
        score_threshold: least score of a face, in (0, 1).
        max_side: larger images are reduced until their longer side has so many pixels.
        overlap_threshold: intersection over union of two boxes above which the one with the lower
            score is dropped, in (0, 1).

    Attributes:
        name: short name of the network.

    Raises:
        ConfigError: a value out of its range.
    """

    name: ClassVar[str]

    def __init__(self, score_threshold: float, max_side: int, overlap_threshold: float) -> None:
        thresholds = {"score_threshold": score_threshold, "overlap_threshold": overlap_threshold}
        for name, value in thresholds.items():
            if not 0 < value < 1:
                raise ConfigError(f"data.face_detector.{name}={value}: choose one in (0, 1)")
        self.score_threshold = score_threshold
        self.max_side = max_side
        self.overlap_threshold = overlap_threshold
        self._net: Any = None

    @property
    @abstractmethod
    def model(self) -> Path:
        """The network's file."""

    def describe(self) -> dict[str, str | float | int]:
        """See `FaceDetector`."""
        return {
            "name": self.name,
            "model_sha256": hashlib.sha256(self.model.read_bytes()).hexdigest(),
            "score_threshold": self.score_threshold,
            "overlap_threshold": self.overlap_threshold,
            "max_side": self.max_side,
        }

    def reduced(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The image, area-averaged such that its longer side is at most `max_side` pixels.

        Returns:
            The image, and its width and height over those of the original, shape [2].
        """
        rows, columns = image.shape[:2]
        factor = min(1.0, self.max_side / max(rows, columns))
        size = (max(1, round(columns * factor)), max(1, round(rows * factor)))
        if size == (columns, rows):
            return image, np.ones(2)
        small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        return small, np.array([size[0] / columns, size[1] / rows])

    def __getstate__(self) -> dict[str, Any]:
        """Another process reads the network by itself."""
        return self.__dict__ | {"_net": None}
