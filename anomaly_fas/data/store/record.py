"""Record how the capture of a sample was read, and where each of its faces was."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """Result of preparing a capture."""

    OK = "ok"
    PARTLY_DECODED = "partly_decoded"
    UNREADABLE = "unreadable"
    MISSING = "missing"
    NO_FACE = "no_face"


@dataclass(frozen=True)
class CropRecord:
    """Origin of a crop.

    Attributes:
        number: number of the frame within the capture, from 0.
        time: seconds since the capture's first frame; nan where unknown.
        box: left, top, right and bottom of the face in pixels of the turned frame.
        landmarks: five (x, y) in the same pixels; None where the detector gives none.
        score: score of the detector, in [0, 1].
    """

    number: int
    time: float
    box: tuple[float, float, float, float]
    landmarks: tuple[tuple[float, float], ...] | None
    score: float


@dataclass(frozen=True)
class CaptureFacts:
    """Facts about the capture of a sample.

    Attributes:
        sample_id: id in the annotations.
        outcome: result of preparing the capture.
        reason: why the outcome is not better; empty if it is the best.
        source: path of the capture below its root, with `/`.
        sha256: checksum of the capture's bytes; empty where they could not be read.
        size: size of the capture in bytes; -1 where unknown.
        given: face from the manifest, as text; empty where the detector looked for it.
        turned: degrees, anticlockwise, that the frames were turned by.
    """

    sample_id: str
    outcome: Outcome
    reason: str
    source: str
    sha256: str
    size: int
    given: str
    turned: int


@dataclass(frozen=True)
class SampleRecord(CaptureFacts):
    """One line of a shard's index: a capture and its crops, in the order of the shard's images."""

    crops: tuple[CropRecord, ...]

    @property
    def facts(self) -> dict[str, Any]:
        """The fields of `CaptureFacts`, by name."""
        return {field.name: getattr(self, field.name) for field in fields(CaptureFacts)}

    def to_line(self) -> str:
        """Write the record as a line of JSON, the same for equal records."""
        plain = asdict(self)
        for crop in plain["crops"]:
            crop["time"] = None if math.isnan(crop["time"]) else crop["time"]
        return json.dumps(plain, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"

    @classmethod
    def from_line(cls, line: str) -> SampleRecord:
        """Read a line that `to_line` wrote.

        Raises:
            ValueError: the line is no record.
        """
        try:
            plain = json.loads(line)
            crops = tuple(_crop(crop) for crop in plain.pop("crops"))
            return cls(**plain | {"crops": crops, "outcome": Outcome(plain["outcome"])})
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"no record of a sample: {line[:80]!r}") from error


def _crop(plain: dict[str, Any]) -> CropRecord:
    time, landmarks = plain["time"], plain["landmarks"]
    restored = {
        "time": math.nan if time is None else time,
        "box": tuple(plain["box"]),
        "landmarks": None if landmarks is None else tuple(map(tuple, landmarks)),
    }
    return CropRecord(**plain | restored)
