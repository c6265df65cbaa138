"""The embedded data as a source: simulated, rendered once and cached."""

import hashlib
import json
from dataclasses import asdict
from functools import cached_property, partial

import numpy as np
import pandas as pd

from anomaly_fas.data.crop_cache import CachedCrops, FrameMaker
from anomaly_fas.simulation.plan import Extent, Sample, annotation_table, plan
from anomaly_fas.simulation.render import VERSION, render_frame
from anomaly_fas.types import DataKind


class Embedded(CachedCrops):
    """Simulated faces and attacks.

    Args:
        extent: how much there is of it, and its seed.
        image_size: side of the crops in pixels.
        cache_dir: folder of the caches; each extent and size has its own.
        workers: processes that render.
    """

    kind = DataKind.SIMULATED
    _title = "Rendering the embedded data"

    def __init__(self, extent: Extent, image_size: int, cache_dir: str, workers: int) -> None:
        super().__init__(image_size, cache_dir, workers)
        self.extent = extent

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

    @property
    def fingerprint(self) -> str:
        """See `Source`."""
        facts = asdict(self.extent) | {"size": self.image_size, "version": VERSION}
        name = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:12]
        return f"embedded-{name}"

    def _maker(self) -> FrameMaker:
        return partial(_render, self.samples, self.extent.frames, self.image_size)


def _render(samples: list[Sample], frames: int, size: int, row: int) -> np.ndarray:
    """Render the frames of one sample."""
    return np.stack([render_frame(samples[row], number, size) for number in range(frames)])
