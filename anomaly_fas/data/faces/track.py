"""One person's face through a clip."""

from collections.abc import Sequence
from math import dist, hypot, log
from typing import Final

from anomaly_fas.data.faces.face import Face, Point

_REACH: Final = 1.0
"""How unlike two boxes of one track may be: see `_unlikeness`."""


def follow(detections: Sequence[Sequence[Face]], shape: tuple[int, int]) -> list[Face | None]:
    """The face that a clip is about, in each of its frames.

    Faces are joined to tracks from frame to frame, the most alike in place and size first, each to
    at most one; a face unlike all tracks begins one. A track goes on from the box it was last seen
    with, however long ago. The track with the greatest weight is followed: the sum, over its
    frames, of its face's area times its closeness to the centre, which falls from 1 there to 0 at
    the image's corners. So neither a passer-by, large for a few frames, nor a small face on a
    poster takes frames of it.

    Args:
        detections: the faces of each frame, in time; their order within a frame is of no account.
        shape: rows and columns of the frames.

    Returns:
        The face for each frame, None where the one followed was not found.
    """
    tracks: list[dict[int, Face]] = []
    for number, faces in enumerate(detections):
        ordered = sorted(faces, key=lambda face: _rank(face, shape))
        joined = _joined([track[max(track)] for track in tracks], ordered)
        for position, face in enumerate(ordered):
            if position in joined:
                tracks[joined[position]][number] = face
            else:
                tracks.append({number: face})
    if not tracks:
        return [None] * len(detections)
    best = max(tracks, key=lambda track: sum(_weight(face, shape) for face in track.values()))
    return [best.get(number) for number in range(len(detections))]


def _joined(last: Sequence[Face], faces: Sequence[Face]) -> dict[int, int]:
    """The position of the track that each face goes on, where it goes on one."""
    pairs = sorted(
        (_unlikeness(seen, face), track, position)
        for track, seen in enumerate(last)
        for position, face in enumerate(faces)
    )
    joined: dict[int, int] = {}
    for unlikeness, track, position in pairs:
        if unlikeness <= _REACH and position not in joined and track not in joined.values():
            joined[position] = track
    return joined


def _unlikeness(first: Face, second: Face) -> float:
    """How far the centres lie apart, in mean sides, plus the logarithm of the sides' ratio.

    It is 1 for a face that moved by its own side, or became e times as large, or part of both.
    """
    sides = _side(first), _side(second)
    moved = dist(_centre(first), _centre(second)) / (sum(sides) / 2)
    return moved + abs(log(sides[0] / sides[1]))


def _weight(face: Face, shape: tuple[int, int]) -> float:
    rows, columns = shape
    x, y = _centre(face)
    off_centre = hypot(x - columns / 2, y - rows / 2) / hypot(columns / 2, rows / 2)
    return _side(face) ** 2 * max(0.0, 1 - off_centre)


def _rank(face: Face, shape: tuple[int, int]) -> tuple[float, ...]:
    """An order that knows no left and right, unless two faces are each other's mirror image."""
    left, top, _, bottom = face.box
    return -_weight(face, shape), -_side(face), top, bottom, -face.score, left


def _centre(face: Face) -> Point:
    left, top, right, bottom = face.box
    return (left + right) / 2, (top + bottom) / 2


def _side(face: Face) -> float:
    """Side of the square of the box's area, in pixels."""
    left, top, right, bottom = face.box
    return float(((right - left) * (bottom - top)) ** 0.5)
