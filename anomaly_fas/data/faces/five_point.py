"""Crops aligned by landmarks: eyes, nose and mouth are in the same place in each."""

from typing import Final

import numpy as np

from anomaly_fas.data.faces.face import Face
from anomaly_fas.data.faces.face_crop import FaceCrop, View
from anomaly_fas.errors import DataError

_TEMPLATE: Final = np.array(
    [
        38.2946 + 51.6963j,
        73.5318 + 51.5014j,
        56.0252 + 71.7366j,
        41.5493 + 92.3655j,
        70.7299 + 92.2041j,
    ]
)
"""Places of the landmarks, x + iy, in ArcFace's crop of 112 pixels (Deng, Guo, Xue and Zafeiriou,
CVPR 2019; the figures are those of its authors' code, insightface)."""

_TEMPLATE_SIZE: Final = 112


class FivePoint(FaceCrop):
    """The square in which the landmarks come nearest to ArcFace's template.

    The face is moved, turned and scaled, not distorted: the similarity of least squares (Umeyama,
    IEEE TPAMI 13(4), 1991). The margin is a share of the template's side, so that 0 gives the
    template's own crop.
    """

    name = "five_point"

    def view(self, face: Face) -> View:
        """See `FaceCrop`.

        Raises:
            DataError: the face has no landmarks, or they all lie in one point.
        """
        if face.landmarks is None:
            raise DataError(
                "a face without landmarks cannot be aligned: give them in the manifest's column "
                "`landmarks`, or use face_crop=square"
            )
        scale, shift = similarity(np.array([complex(x, y) for x, y in face.landmarks]), _TEMPLATE)
        side = _TEMPLATE_SIZE * (1 + self.margin)
        corner = (_TEMPLATE_SIZE - side) / 2 * (1 + 1j)
        return View((corner - shift) / scale, side / scale)


def similarity(points: np.ndarray, targets: np.ndarray) -> tuple[complex, complex]:
    """The similarity that brings points nearest to their targets, by least squares.

    >>> similarity(np.array([0, 1, 1j]), np.array([5, 5 + 2j, 3]))
    (2j, (5+0j))

    Args:
        points: x + iy, shape [points].
        targets: in the same way.

    Returns:
        a and b of z -> a z + b: |a| scales, the angle of a turns, b moves. It never mirrors.

    Raises:
        DataError: the points lie in one point, or have no place in the targets' order.
    """
    centred = points - points.mean()
    spread = np.vdot(centred, centred).real
    turn = np.vdot(centred, targets - targets.mean())
    if spread == 0 or abs(turn) == 0:
        raise DataError("the face's landmarks tell no place and size: are they five points of it?")
    scale = complex(turn / spread)
    return scale, complex(targets.mean() - scale * points.mean())
