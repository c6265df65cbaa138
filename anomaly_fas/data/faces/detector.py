"""What finds the faces in an image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from anomaly_fas.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np

    from anomaly_fas.data.faces.face import Face


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


def check_thresholds(**thresholds: float) -> None:
    """Refuse thresholds of a detector that are not in (0, 1).

    Raises:
        ConfigError: one is not; the message has its name.
    """
    for name, value in thresholds.items():
        if not 0 < value < 1:
            raise ConfigError(f"data.face_detector.{name}={value}: choose one in (0, 1)")
