"""From one capture to its face crops."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anomaly_fas.data.media.reading import read_clip
from anomaly_fas.data.preparation.sighting import Sighting, detect
from anomaly_fas.data.store.record import CropRecord, Outcome, SampleRecord
from anomaly_fas.errors import DataError

if TYPE_CHECKING:
    from anomaly_fas.data.faces.detector import FaceDetector
    from anomaly_fas.data.faces.face import Face
    from anomaly_fas.data.faces.face_crop import FaceCrop
    from anomaly_fas.data.media.clip import Clip
    from anomaly_fas.data.preparation.capture import Capture


@dataclass(frozen=True)
class Cutter:
    """Reads a capture, finds the face in its frames and cuts it out.

    Attributes:
        frames: at most so many of a capture, evenly spread.
        detector: finds faces where the capture does not tell.
        crop: cuts one out.
    """

    frames: int
    detector: FaceDetector
    crop: FaceCrop

    def __call__(self, capture: Capture) -> tuple[SampleRecord, np.ndarray]:
        """The record and the crops, uint8, shape [crops, size, size, 3].

        A capture that comes to nothing gives a record that says why.
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
            return self.nothing(capture, Outcome.UNREADABLE, _short(error, capture), digest, size)
        images = [frame.image for frame in clip.frames]
        if capture.face is None:
            sighting = detect(images, self.detector, capture.turns)
        else:
            sighting = Sighting(0, images, [capture.face] * len(images))
        cut, refused = self._cut(clip, sighting)
        reason = _joined(clip.fault, _lost(sighting), refused)
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
        """A record of a capture that gives no crops, and an empty array of them.

        Args:
            capture: that comes to nothing.
            outcome: what came of it.
            reason: why.
            digest: of its bytes, as far as they could be read.
            size: their number; by default as the file system tells it.
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


def _lost(sighting: Sighting) -> str:
    """In how many frames there was no face, empty if in none."""
    lost, frames = sighting.faces.count(None), len(sighting.faces)
    return f"no face in {lost} of {frames} frame(s)" if lost else ""


def _short(error: DataError, capture: Capture) -> str:
    """The message without the file's place, which the record has in another column.

    Names of frames may be made of any bytes: what is no letter is replaced.
    """
    message = str(error).removeprefix(f"{capture.path}: ")
    return message.encode("utf-8", "replace").decode()


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)
