"""Cut the face crops out of one capture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from anomaly_fas.data.faces.face import Face
from anomaly_fas.data.faces.track import follow
from anomaly_fas.data.media.clip import Clip
from anomaly_fas.data.media.reading import read_clip
from anomaly_fas.data.preparation.capture import Capture
from anomaly_fas.data.store.record import CropRecord, Outcome, SampleRecord
from anomaly_fas.errors import ConfigError, DataError

if TYPE_CHECKING:
    from anomaly_fas.data.faces.detector import FaceDetector
    from anomaly_fas.data.faces.face_crop import FaceCrop


class Sighting(NamedTuple):
    """The face in each frame of a clip.

    Attributes:
        turned: degrees, anticlockwise, that the frames were turned by to stand upright.
        images: turned frames, uint8, shape [rows, columns, 3].
        faces: one per frame, None where the face was not found.
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
    """Detect the faces in each frame, and follow one of them through the clip.

    Args:
        images: frames, in order.
        detector: finds faces.
        turns: degrees to try, multiples of 90. The first turn with the highest sum of scores wins.
    """
    choices = []
    for turn in turns:
        upright = [np.ascontiguousarray(np.rot90(image, turn // 90)) for image in images]
        rows, columns = upright[0].shape[:2]
        faces = follow([detector(image) for image in upright], (rows, columns))
        choices.append(Sighting(turn, upright, faces))
    return max(choices, key=lambda choice: choice.score)


@dataclass(frozen=True)
class Cutter:
    """Read a capture, find the face in its frames and cut it out.

    Attributes:
        frames: most frames of a capture, evenly spread; at least 1.
        detector: finds faces where the manifest gives none.
        crop: cuts a face out.
    """

    frames: int
    detector: FaceDetector
    crop: FaceCrop

    def __post_init__(self) -> None:
        if self.frames < 1:
            raise ConfigError(
                f"data.frames={self.frames}: at least one frame of a sample is needed"
            )

    def __call__(self, capture: Capture) -> tuple[SampleRecord, np.ndarray]:
        """Return the record and the crops, uint8, shape [crops, size, size, 3].

        The record of a capture without crops says why there are none.
        """
        if capture.path is None:
            return self.nothing(capture, Outcome.MISSING, capture.reason)
        try:
            digest, size = capture.fingerprint()
        except OSError as error:
            reason = error.strerror or str(error)
            return self.nothing(capture, Outcome.UNREADABLE, reason)
        try:
            clip = read_clip(capture.path, self.frames)
        except DataError as error:
            # The record has the path in another column. Names of frames may be of any bytes.
            message = str(error).removeprefix(f"{capture.path}: ")
            reason = message.encode("utf-8", "replace").decode()
            return self.nothing(capture, Outcome.UNREADABLE, reason, digest, size)
        images = [frame.image for frame in clip.frames]
        if capture.face is None:
            sighting = detect(images, self.detector, capture.turns)
        else:
            sighting = Sighting(0, images, [capture.face] * len(images))
        cut, refused = self._cut(clip, sighting)
        lost, frames = sighting.faces.count(None), len(sighting.faces)
        no_face = f"no face in {lost} of {frames} frame(s)" if lost else ""
        reason = "; ".join(part for part in (clip.fault, no_face, refused) if part)
        if not cut:
            return self.nothing(capture, Outcome.NO_FACE, reason, digest, size)
        record = SampleRecord(
            capture.sample_id,
            Outcome.PARTLY_DECODED if clip.fault else Outcome.OK,
            reason,
            capture.source,
            digest,
            size,
            capture.given,
            sighting.turned,
            tuple(crop for crop, _ in cut),
        )
        return record, np.stack([image for _, image in cut])

    def _cut(
        self, clip: Clip, sighting: Sighting
    ) -> tuple[list[tuple[CropRecord, np.ndarray]], str]:
        """The crops with their records, and why a face could not be cut out."""
        cut, refused = [], ""
        for frame, image, face in zip(clip.frames, sighting.images, sighting.faces, strict=True):
            if face is None:
                continue
            try:
                cut.append((_crop_record(frame.number, frame.time, face), self.crop(image, face)))
            except DataError as error:
                refused = str(error)
        return cut, refused

    def nothing(
        self,
        capture: Capture,
        outcome: Outcome,
        reason: str,
        digest: str = "",
        size: int | None = None,
    ) -> tuple[SampleRecord, np.ndarray]:
        """Return a record of a capture without crops, and an empty array.

        Args:
            capture: capture without crops.
            outcome: result of preparing it.
            reason: why there are no crops.
            digest: checksum of its bytes; empty where they could not be read.
            size: number of its bytes; None asks the file system.
        """
        if size is None:
            size = capture.stored_bytes
        record = SampleRecord(
            capture.sample_id, outcome, reason, capture.source, digest, size, capture.given, 0, ()
        )
        return record, np.empty((0, self.crop.size, self.crop.size, 3), dtype=np.uint8)


def _crop_record(number: int, time: float, face: Face) -> CropRecord:
    left, top, right, bottom = (round(float(value), 2) for value in face.box)
    landmarks = None
    if face.landmarks is not None:
        landmarks = tuple((round(float(x), 2), round(float(y), 2)) for x, y in face.landmarks)
    box, score = (left, top, right, bottom), round(float(face.score), 6)
    return CropRecord(number, round(float(time), 6), box, landmarks, score)
