"""Simulated images a second on one core, and how that compares with decoding stored photographs.

Run it as `python experiments/bench/simulation.py`.
"""

from __future__ import annotations

import argparse
import io
import time
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image

from anomaly_fas.simulation.datasets import DATASETS
from anomaly_fas.simulation.plan import Extent, plan
from anomaly_fas.simulation.render import render_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def _rate(task: Callable[[], object], count: int) -> float:
    start = time.perf_counter()
    task()
    return count / (time.perf_counter() - start)


def _decoded(files: Sequence[bytes]) -> None:
    for file in files:
        np.asarray(Image.open(io.BytesIO(file)))


def main() -> None:
    """Render all samples of some subjects, as the cache is filled, then decode as many files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, default=6)
    parser.add_argument("--size", type=int, default=112)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    extent = Extent()
    samples = list(plan(extent))
    each = len(samples) // (len(DATASETS) * sum(extent.subjects.values()))
    starts = np.linspace(0, len(samples) // each - 1, options.subjects).astype(int) * each
    chosen = [sample for start in starts for sample in samples[start : start + each]]
    pairs = [(sample, number) for sample in chosen for number in range(extent.frames)]
    render_frame(*pairs[0], options.size)  # what is loaded or worked out once

    frames: list[np.ndarray] = []
    rendering = _rate(
        lambda: frames.extend(render_frame(*pair, options.size) for pair in pairs), len(pairs)
    )
    files = []
    for frame in frames:
        buffer = io.BytesIO()
        large = Image.fromarray(frame).resize((1024, 1024), Image.Resampling.BICUBIC)
        large.save(buffer, "JPEG", quality=90)
        files.append(buffer.getvalue())
    decoding = _rate(lambda: _decoded(files), len(files))

    print(f"simulated at {options.size} px      {rendering:7.1f} images/s on one core")
    print(f"decoded from 1024 px JPEG by PIL {decoding:7.1f} images/s on one core")
    print(f"ratio                       {rendering / decoding:7.2f}")


if __name__ == "__main__":
    main()
