"""A face in an image, found by a detector or given by a manifest.

Coordinates are in pixels, x to the right and y down, from the image's upper left corner: the first
pixel of a row covers x = 0 to 1, and its centre is at 0.5.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from anomaly_fas.errors import DataError

Box = tuple[float, float, float, float]
Point = tuple[float, float]

LANDMARKS: Final = 5
_BOX: Final = "`left top right bottom` in pixels"
_POINTS: Final = "`x y` of left eye, right eye, nose tip, left and right mouth corner in pixels"


@dataclass(frozen=True)
class Face:
    """Where a face is.

    Attributes:
        box: left, top, right and bottom; it may reach outside the image.
        landmarks: left eye, right eye, nose tip, left and right mouth corner as seen in the image:
            left has the smaller x in an upright face. None where they are not known.
        score: the detector's, in [0, 1]; 1 where a manifest gave the face.
    """

    box: Box
    landmarks: tuple[Point, ...] | None
    score: float


def face_from_text(box: str, landmarks: str) -> Face | None:
    """The face that a manifest's columns give.

    >>> face_from_text("10 20 50 70", "")
    Face(box=(10.0, 20.0, 50.0, 70.0), landmarks=None, score=1.0)

    Args:
        box: left, top, right and bottom, separated by spaces or commas; may be empty.
        landmarks: x and y of the five landmarks in the same way; may be empty.

    Returns:
        The face, or None where both are empty.

    Raises:
        DataError: not the right count of finite numbers, or a box without width or height, or
            landmarks without a box.
    """
    values = _numbers("landmarks", landmarks, 2 * LANDMARKS, _POINTS)
    points = tuple(zip(values[::2], values[1::2], strict=True)) if values else None
    numbers = _numbers("box", box, 4, _BOX)
    if not numbers and points is None:
        return None
    if not numbers:
        raise DataError(f"landmarks={landmarks!r} without a box: the column `box` needs {_BOX}")
    left, top, right, bottom = numbers
    if right <= left or bottom <= top:
        raise DataError(f"box={box!r} has no width or no height: it needs {_BOX}")
    return Face((left, top, right, bottom), points, 1.0)


def _numbers(column: str, text: str, count: int, needed: str) -> list[float]:
    cells = text.replace(",", " ").split()
    if not cells:
        return []
    if len(cells) != count:
        raise DataError(
            f"{column}={text!r} has {len(cells)} values: {count} numbers are needed, {needed}"
        )
    try:
        numbers = [float(cell) for cell in cells]
    except ValueError as error:
        raise DataError(f"{column}={text!r} is not all numbers: it needs {needed}") from error
    if not np.isfinite(numbers).all():
        raise DataError(f"{column}={text!r} holds a number that is not finite: it needs {needed}")
    return numbers
