"""Some frames of a capture."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class MediaFrame:
    """One frame.

    Attributes:
        number: its position in presentation order, from 0.
        time: seconds since the first frame; 0 for a still, nan where the file tells none.
        image: sRGB, uint8, shape [rows, columns, 3], turned as the file says.
    """

    number: int
    time: float
    image: np.ndarray


@dataclass(frozen=True)
class Clip:
    """Frames spread over a capture.

    Attributes:
        frames: at least one, ascending by number.
        fault: why they are not all that the file should hold; empty if they are.
    """

    frames: list[MediaFrame]
    fault: str = ""


def spread(total: int, count: int) -> list[int]:
    """Positions of frames evenly spread: the middle of each of `count` equal parts.

    Args:
        total: number of frames that there are.
        count: number of frames wanted; all where there are no more.

    Example:
        >>> spread(100, 4), spread(3, 10)
        ([12, 37, 62, 87], [0, 1, 2])
    """
    if total <= count:
        return list(range(total))
    return [(2 * part + 1) * total // (2 * count) for part in range(count)]
