"""Stand-ins for the decoder and detector: crops that tell which capture they are of."""

from __future__ import annotations

import hashlib
import os
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anomaly_fas.data.preparation.capture import Capture
from anomaly_fas.data.store.record import CropRecord, Outcome, SampleRecord
from anomaly_fas.data.store.settings import StoreSettings

if TYPE_CHECKING:
    from pathlib import Path

SIZE = 8
SETTINGS = StoreSettings(3, SIZE, {"name": "stand-in"}, {"name": "stand-in"})


@dataclass(frozen=True)
class DigestCutter:
    """Fills up to three crops with bytes of the file's digest.

    Attributes:
        dies_at: the sample that its process is killed at.
        scars: folder with a file for each time; None for no limit.
        times: how often.
    """

    dies_at: str = ""
    scars: Path | None = None
    times: int = 1

    def __call__(self, capture: Capture) -> tuple[SampleRecord, np.ndarray]:
        if capture.sample_id == self.dies_at:
            self._die()
        if capture.path is None:
            return self.nothing(capture, Outcome.MISSING, capture.reason)
        digest = hashlib.sha256(capture.path.read_bytes())
        count = digest.digest()[0] % 4
        if not count:
            return self.nothing(capture, Outcome.NO_FACE, "", digest.hexdigest())
        images = [
            np.full((SIZE, SIZE, 3), digest.digest()[n], dtype=np.uint8) for n in range(count)
        ]
        crops = tuple(
            CropRecord(number, number / 30, (0.0, 0.0, 4.0, 4.0), None, 0.5)
            for number in range(count)
        )
        size = capture.stored_bytes
        record = SampleRecord(
            capture.sample_id, Outcome.OK, "", capture.source, digest.hexdigest(), size,
            capture.given, 0, crops,
        )  # fmt: skip
        return record, np.stack(images)

    def nothing(
        self, capture: Capture, outcome: Outcome, reason: str, digest: str = ""
    ) -> tuple[SampleRecord, np.ndarray]:
        """As `Cutter.nothing`."""
        size = capture.stored_bytes
        record = SampleRecord(
            capture.sample_id, outcome, reason, capture.source, digest, size, capture.given, 0, ()
        )
        return record, np.empty((0, SIZE, SIZE, 3), dtype=np.uint8)

    def _die(self) -> None:
        if self.scars is not None:
            scars = len(list(self.scars.iterdir()))
            if scars >= self.times:
                return
            (self.scars / str(scars)).touch()
        os.kill(os.getpid(), signal.SIGKILL)


def write_captures(root: Path, count: int, dataset: str = "a") -> list[Capture]:
    """Small files, and captures of them."""
    root.mkdir(parents=True, exist_ok=True)
    captures = []
    for number in range(count):
        path = root / f"{number:03d}.bin"
        path.write_bytes(f"{dataset} {number}".encode() * (number + 1))
        captures.append(Capture(f"{dataset}/{number:03d}", dataset, path, path.name))
    return captures
