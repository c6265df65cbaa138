"""Stand-ins for the decoder and detector: crops that tell which capture they are of."""

from __future__ import annotations

import hashlib
import os
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anomaly_fas.data.preparation.capture import Capture
from anomaly_fas.data.preparation.source_bytes import source_size
from anomaly_fas.data.store.record import CropRecord, Outcome, SampleRecord
from anomaly_fas.data.store.settings import StoreSettings

if TYPE_CHECKING:
    from pathlib import Path

SIZE = 8
SETTINGS = StoreSettings(3, SIZE, {"name": "stand-in"}, {"name": "stand-in"})


@dataclass(frozen=True)
class DigestCutter:
    """Fills up to three crops with bytes of the file's digest; dies at a capture, once."""

    dies_at: str = ""
    scar: Path | None = None

    def __call__(self, capture: Capture) -> tuple[SampleRecord, np.ndarray]:
        if capture.sample_id == self.dies_at and self.scar is not None and not self.scar.exists():
            self.scar.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        empty = np.empty((0, SIZE, SIZE, 3), dtype=np.uint8)
        if capture.path is None:
            return self._record(capture, Outcome.MISSING, "", -1, 0), empty
        digest = hashlib.sha256(capture.path.read_bytes())
        count = digest.digest()[0] % 4
        images = [
            np.full((SIZE, SIZE, 3), digest.digest()[n], dtype=np.uint8) for n in range(count)
        ]
        outcome = Outcome.OK if count else Outcome.NO_FACE
        size = source_size(capture.path)
        return (
            self._record(capture, outcome, digest.hexdigest(), size, count),
            np.stack(images) if images else empty,
        )

    def _record(
        self, capture: Capture, outcome: Outcome, digest: str, size: int, count: int
    ) -> SampleRecord:
        crops = tuple(
            CropRecord(number, number / 30, (0.0, 0.0, 4.0, 4.0), None, 0.5)
            for number in range(count)
        )
        return SampleRecord(
            capture.sample_id, outcome, capture.reason, capture.source, digest, size,
            capture.given, 0, crops,
        )  # fmt: skip


def write_captures(root: Path, count: int, dataset: str = "a") -> list[Capture]:
    """Small files, and captures of them."""
    root.mkdir(parents=True, exist_ok=True)
    captures = []
    for number in range(count):
        path = root / f"{number:03d}.bin"
        path.write_bytes(f"{dataset} {number}".encode() * (number + 1))
        captures.append(Capture(f"{dataset}/{number:03d}", dataset, path, path.name))
    return captures
