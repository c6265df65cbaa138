"""Finding the face of a capture in its frames, upright or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from anomaly_fas.data.faces.track import follow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anomaly_fas.data.faces.detector import FaceDetector
    from anomaly_fas.data.faces.face import Face


class Sighting(NamedTuple):
    """The face in each frame of a clip.

    Attributes:
        turned: degrees, anticlockwise, that the frames were turned by to stand upright.
        images: the frames as turned, uint8, shape [rows, columns, 3].
        faces: one a frame, None where the face was not found.
    """

    turned: int
    images: list[np.ndarray]
    faces: list[Face | None]

    @property
    def score(self) -> float:
        """Sum of the detector's scores."""
        return sum(face.score for face in self.faces if face is not None)


def detect(
    images: Sequence[np.ndarray], detector: FaceDetector, turns: Sequence[int] = (0,)
) -> Sighting:
    """Follow a face through the clip by what a detector finds in each frame.

    Args:
        images: the frames, in order.
        detector: finds faces.
        turns: degrees, multiples of 90, that the frames may have to be turned by. The turn is
            taken in which the faces' scores are highest in sum, the first of such.
    """
    choices = []
    for turn in turns:
        upright = [np.ascontiguousarray(np.rot90(image, turn // 90)) for image in images]
        rows, columns = upright[0].shape[:2]
        faces = follow([detector(image) for image in upright], (rows, columns))
        choices.append(Sighting(turn, upright, faces))
    return max(choices, key=lambda choice: choice.score)
