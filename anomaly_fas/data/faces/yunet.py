"""YuNet, run by OpenCV from a file that the user has.

Wu, Peng and Yu: YuNet: A Tiny Millisecond-level Face Detector. Machine Intelligence Research 20,
2023.
"""

from pathlib import Path
from typing import Final

import cv2
import numpy as np

from anomaly_fas.data.faces.detector import NetworkDetector
from anomaly_fas.data.faces.face import Face
from anomaly_fas.errors import ConfigError

_WHERE: Final = (
    "OpenCV Zoo (github.com/opencv/opencv_zoo) keeps such files: "
    "models/face_detection_yunet/face_detection_yunet_2023mar.onnx"
)
_CANDIDATES: Final = 5000


class YuNet(NetworkDetector):
    """The face detector YuNet.

    Args:
        model: its ONNX file.
        score_threshold: least score of a face, in (0, 1).
        max_side: larger images are reduced until their longer side has so many pixels.
        overlap_threshold: of boxes whose intersection over union is larger the best is kept.

    Raises:
        ConfigError: a value out of its range, or no such file.
    """

    name = "yunet"

    def __init__(
        self,
        model: str,
        score_threshold: float = 0.7,
        max_side: int = 640,
        overlap_threshold: float = 0.3,
    ) -> None:
        super().__init__(score_threshold, max_side, overlap_threshold)
        if max_side <= 0:
            raise ConfigError(f"data.face_detector.max_side={max_side}: choose a number of pixels")
        if not Path(model).is_file():
            raise ConfigError(f"data.face_detector.model={model!r} is no file. {_WHERE}")
        self._model = Path(model)

    def __call__(self, image: np.ndarray) -> list[Face]:
        """See `FaceDetector`."""
        small, scale = self.reduced(image)
        rows, columns = small.shape[:2]
        try:
            if self._net is None or self._net[0] != (columns, rows):
                thresholds = self.score_threshold, self.overlap_threshold
                network = cv2.FaceDetectorYN.create(
                    str(self.model), "", (columns, rows), *thresholds, _CANDIDATES
                )
                self._net = ((columns, rows), network)
            _, found = self._net[1].detect(cv2.cvtColor(small, cv2.COLOR_RGB2BGR))
        except cv2.error as error:
            reason = " ".join(error.err.split())
            raise ConfigError(
                f"data.face_detector.model={str(self.model)!r} is no YuNet that OpenCV "
                f"{cv2.__version__} can run ({reason}). {_WHERE}"
            ) from error
        return [] if found is None else [_face(row, scale) for row in np.asarray(found)]

    @property
    def model(self) -> Path:
        """See `NetworkDetector`."""
        return self._model


def _face(row: np.ndarray, scale: np.ndarray) -> Face:
    """A row of OpenCV's: x, y, width, height; x and y of five landmarks; score.

    Its landmarks are the subject's right eye, left eye, nose tip, right and left mouth corner. The
    subject's right is the image's left, so they are in the order of `Face`.
    """
    corner, extent = row[:2].astype(float), row[2:4].astype(float)
    landmarks = row[4:14].astype(float).reshape(-1, 2) / scale
    return Face(
        (*(corner / scale).tolist(), *((corner + extent) / scale).tolist()),
        tuple((float(x), float(y)) for x, y in landmarks),
        float(np.clip(row[14], 0, 1)),
    )
