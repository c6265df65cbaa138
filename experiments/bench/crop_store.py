"""Batches from the crop store against torchvision's PIL loader on JPEG files, and its memory.

Run it as `python experiments/bench/crop_store.py`; `--crops 50000` makes a store of 7.5 GB at the
default 224 px. Both read the same crops in the same random order into a batch.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from comparison import Comparison, interleaved, run_script, times_less
from PIL import Image

from anomaly_fas.data.preparation.capture import Capture
from anomaly_fas.data.preparation.filling import Filling
from anomaly_fas.data.prepared_source import StoredCrops
from anomaly_fas.data.store.crop_store import CropStore
from anomaly_fas.data.store.record import CropRecord, Outcome, SampleRecord
from anomaly_fas.data.store.settings import StoreSettings
from anomaly_fas.simulation.plan import Extent, plan
from anomaly_fas.simulation.render import render_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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


def rendered(count: int, size: int) -> np.ndarray:
    """Faces and attacks of the embedded data, uint8, shape [count, size, size, 3]."""
    samples = list(plan(Extent()))
    chosen = np.linspace(0, len(samples) - 1, count).astype(int)
    return np.stack([render_frame(samples[place], 0, size) for place in chosen])


def rendered_store(folder: Path, size: int) -> CropStore:
    """The store that `fill` makes."""
    return CropStore(folder / "store", _settings(size))


def fill(folder: Path, images: np.ndarray, samples: int) -> float:
    """Make a store with ten crops of each of some samples, named 0, 1, …; the seconds it took."""
    captures = [Capture(str(n), "bench", folder, f"{n}") for n in range(samples)]
    start = time.perf_counter()
    filling = Filling(folder / "store", _settings(images.shape[1]), Faces(images), 0)  # type: ignore[arg-type]
    filling.run(captures, lambda *_: None)
    return time.perf_counter() - start


def _settings(size: int) -> StoreSettings:
    return StoreSettings(FRAMES, size, {"name": "rendered"}, {"name": "rendered"})


def _batches(frame: Callable[[int], np.ndarray], order: np.ndarray, batch: np.ndarray) -> None:
    """Read crops into one batch after another in the same place."""
    for first in range(0, len(order), len(batch)):
        for slot, number in enumerate(order[first : first + len(batch)]):
            batch[slot] = frame(int(number))


def _own_memory() -> float:
    """Memory of this process that no file backs, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = [line for line in lines if line.startswith("RssAnon")]
    return int(line.split()[1]) / 1024


def comparisons(
    *, quick: bool = False, crops: int = 5_000, size: int = 224, folder: Path | None = None
) -> Iterator[Comparison]:
    """Fill a store, then read it in turn with the files, five times."""
    from torchvision.datasets.folder import pil_loader  # the package must be imported before it

    count = (1_000 if quick else crops) // FRAMES * FRAMES
    images = rendered(200, size)
    batch = np.zeros((BATCH, size, size, 3), dtype=np.uint8)
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        filling = fill(Path(name), images, count // FRAMES)
        rows = pd.DataFrame({"sample_id": [str(n) for n in range(count // FRAMES)]})
        stored = StoredCrops(rows, rendered_store(Path(name), size), "")
        files = [Path(name) / f"{number}.jpg" for number in range(min(1_000, count))]
        for number, path in enumerate(files):
            Image.fromarray(images[number % len(images)]).save(path, quality=95)

        def of_store(chosen: int) -> None:
            _batches(
                lambda n: stored.frame(n // FRAMES, n % FRAMES), rng.permutation(chosen), batch
            )

        ours, theirs = interleaved(
            lambda: of_store(len(files)),
            lambda: _batches(
                lambda n: np.asarray(pil_loader(str(files[n]))), rng.permutation(len(files)), batch
            ),
        )
        before = _own_memory()
        (all_of_it,) = interleaved(lambda: of_store(count), rounds=1, warm_up=0)
        grown = _own_memory() - before
        on_disk = sum(path.stat().st_size for path in (Path(name) / "store").rglob("*.crops")) / 1e9
    each = 1e6 / len(files)
    yield Comparison(
        "crop store: a crop", ours * each, theirs * each, "µs", times_less(25), "PIL on JPEG files"
    )
    yield Comparison(
        f"crop store: memory of {count} crops, once each, {count / all_of_it:.0f} a second",
        grown, None, "MB", note=f"a batch is {batch.nbytes / 2**20:.1f} MB",
    )  # fmt: skip
    scale = GRAD_GPAD_CROPS / count
    yield Comparison(
        f"crop store: writing {on_disk:.2f} GB", filling, None, "s",
        note=f"GRAD-GPAD ({GRAD_GPAD_CROPS} crops): {on_disk * scale:.1f} GB, "
        f"{filling * scale / 60:.1f} min beside decoding and detection",
    )  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--crops", type=int, default=5_000)
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--folder", type=Path, help="where to write, instead of the system's own")
    run_script(comparisons, parser)
