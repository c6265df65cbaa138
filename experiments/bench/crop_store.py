"""Batches from the crop store against torchvision's PIL loader on JPEG files, and its memory.

Run it as `python experiments/bench/crop_store.py`; `--crops 50000` makes a store of 7.5 GB at the
default 224 px. Both read the same crops in the same random order into a batch.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from PIL import Image

from anomaly_fas.data.preparation.capture import Capture
from anomaly_fas.data.preparation.filling import Filling
from anomaly_fas.data.store.crop_store import CropStore
from anomaly_fas.data.store.record import CropRecord, Outcome, SampleRecord
from anomaly_fas.data.store.settings import StoreSettings
from anomaly_fas.data.stored_crops import StoredCrops
from anomaly_fas.simulation.plan import Extent, plan
from anomaly_fas.simulation.render import render_frame

if TYPE_CHECKING:
    from collections.abc import Callable

FRAMES = 10
BATCH = 64
GRAD_GPAD_CROPS = 29_567 * FRAMES


@dataclass(frozen=True)
class Faces:
    """Hands out rendered faces where a real cutter would decode and detect."""

    images: np.ndarray

    def __call__(self, capture: Capture) -> tuple[SampleRecord, np.ndarray]:
        """Ten of the images, another ten for each capture."""
        first = int(capture.sample_id) * FRAMES
        chosen = (first + np.arange(FRAMES)) % len(self.images)
        crops = tuple(CropRecord(n, n / 3, (0.0, 0.0, 9.0, 9.0), None, 1.0) for n in range(FRAMES))
        record = SampleRecord(
            capture.sample_id, Outcome.OK, "", capture.source, "", 0, capture.given, 0, crops
        )
        return record, self.images[chosen]


def _rendered(count: int, size: int) -> np.ndarray:
    samples = list(plan(Extent()))
    chosen = np.linspace(0, len(samples) - 1, count).astype(int)
    return np.stack([render_frame(samples[place], 0, size) for place in chosen])


def _fill(folder: Path, images: np.ndarray, samples: int) -> tuple[StoredCrops, float]:
    settings = StoreSettings(FRAMES, images.shape[1], {"name": "rendered"}, {"name": "rendered"})
    captures = [Capture(str(n), "bench", folder, f"{n}") for n in range(samples)]
    start = time.perf_counter()
    Filling(folder / "store", settings, Faces(images), 0).run(captures, lambda *_: None)  # type: ignore[arg-type]
    seconds = time.perf_counter() - start
    rows = pd.DataFrame({"sample_id": [capture.sample_id for capture in captures]})
    return StoredCrops(rows, CropStore(folder / "store", settings), ""), seconds


def _batches(frame: Callable[[int], np.ndarray], order: np.ndarray, batch: np.ndarray) -> float:
    """Crops a second, read into one batch after another in the same place."""
    start = time.perf_counter()
    for first in range(0, len(order), len(batch)):
        for slot, number in enumerate(order[first : first + len(batch)]):
            batch[slot] = frame(int(number))
    return len(order) / (time.perf_counter() - start)


def _own_memory() -> float:
    """Memory of this process that no file backs, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = [line for line in lines if line.startswith("RssAnon")]
    return int(line.split()[1]) / 1024


def main() -> None:
    """Fill a store, then read it in turn with the files, five times."""
    from torchvision.datasets.folder import pil_loader  # the package must be imported before it

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--crops", type=int, default=5_000)
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--folder", type=Path, help="where to write, instead of the system's own")
    options = parser.parse_args()
    images = _rendered(200, options.size)
    batch = np.zeros((BATCH, options.size, options.size, 3), dtype=np.uint8)
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        crops, filling = _fill(folder, images, options.crops // FRAMES)
        files = [folder / f"{number}.jpg" for number in range(min(1_000, options.crops))]
        for number, path in enumerate(files):
            Image.fromarray(images[number % len(images)]).save(path, quality=95)
        stored, decoded = [], []
        for _ in range(5):
            order = rng.permutation(len(files))
            stored.append(_batches(lambda n: crops.frame(n // FRAMES, n % FRAMES), order, batch))
            decoded.append(_batches(lambda n: np.asarray(pil_loader(str(files[n]))), order, batch))
        count = options.crops // FRAMES * FRAMES
        before = _own_memory()
        all_of_it = _batches(
            lambda n: crops.frame(n // FRAMES, n % FRAMES), rng.permutation(count), batch
        )
        grown = _own_memory() - before
        on_disk = sum(path.stat().st_size for path in (folder / "store").rglob("*.crops"))
    ours, theirs = statistics.median(stored), statistics.median(decoded)
    print(f"crop store, {BATCH} a batch  {ours:9.0f} crops/s")
    print(f"PIL on JPEG files      {theirs:9.0f} crops/s")
    print(f"ratio                  {ours / theirs:9.1f}   (bar 25)")
    print(f"all {count} crops, once each, in random order: {all_of_it:.0f} crops/s")
    print(f"memory grew by {grown:.1f} MB; a batch is {BATCH * options.size**2 * 3 / 2**20:.1f} MB")
    print(f"{on_disk / 1e9:.2f} GB, written in {filling:.0f} s")
    scale = GRAD_GPAD_CROPS / count
    print(f"GRAD-GPAD ({GRAD_GPAD_CROPS} crops): {on_disk / 1e9 * scale:.1f} GB, written in "
          f"{filling * scale / 60:.1f} min beside decoding and detection")  # fmt: skip


if __name__ == "__main__":
    main()
