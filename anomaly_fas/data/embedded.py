"""The embedded data as a source: simulated, rendered once and cached."""

import hashlib
import json
from dataclasses import asdict
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from anomaly_fas.data.crop_cache import open_or_fill
from anomaly_fas.simulation.plan import Extent, Sample, annotation_table, plan
from anomaly_fas.simulation.render import VERSION, render_frame
from anomaly_fas.types import DataKind


class Embedded:
    """Simulated faces and attacks.

    Args:
        extent: how much there is of it, and its seed.
        image_size: side of the crops in pixels.
        cache_dir: folder of the caches; each extent and size has its own.
        workers: processes that render.
    """

    kind = DataKind.SIMULATED

    def __init__(self, extent: Extent, image_size: int, cache_dir: str, workers: int) -> None:
        self.extent = extent
        self.image_size = image_size
        self._cache_dir = Path(cache_dir)
        self._workers = workers

    @cached_property
    def samples(self) -> list[Sample]:
        """What is rendered, in the order of the annotations."""
        return plan(self.extent)

    @cached_property
    def annotations(self) -> pd.DataFrame:
        """See `Source`."""
        return annotation_table(self.samples)

    @cached_property
    def frame_counts(self) -> np.ndarray:
        """See `Source`."""
        return np.full(len(self.samples), self.extent.frames, dtype=np.int64)

    def prepare(self) -> None:
        """See `Source`."""
        _ = self._crops

    def frame_counts_before(self, number: int) -> np.ndarray:
        """See `Source`; all frames are kept, so that they are the first ones."""
        early: np.ndarray = np.minimum(self.frame_counts, number)
        return early

    def frame(self, row: int, number: int) -> np.ndarray:
        """See `Source`."""
        crop: np.ndarray = self._crops[row * self.extent.frames + number]
        return crop

    def __getstate__(self) -> dict[str, Any]:
        """Another process opens the cache by itself."""
        return {name: value for name, value in self.__dict__.items() if name != "_crops"}

    @property
    def fingerprint(self) -> str:
        """See `Source`."""
        facts = asdict(self.extent) | {"size": self.image_size, "version": VERSION}
        name = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:12]
        return f"embedded-{name}"

    @cached_property
    def _crops(self) -> np.ndarray:
        return open_or_fill(
            self._cache_dir / self.fingerprint,
            partial(_render, self.samples, self.extent.frames, self.image_size),
            self.frame_counts,
            self.image_size,
            self._workers,
            "Rendering the embedded data",
        )


def _render(samples: list[Sample], frames: int, size: int, row: int) -> np.ndarray:
    """Render the frames of one sample."""
    return np.stack([render_frame(samples[row], number, size) for number in range(frames)])
