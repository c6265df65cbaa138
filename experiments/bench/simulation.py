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
    """Render bona fide samples and attacks as they come in the default extent, then decode them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=300)
    parser.add_argument("--size", type=int, default=112)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    samples = list(plan(Extent()))
    chosen = [samples[i] for i in np.linspace(0, len(samples) - 1, options.images).astype(int)]
    render_frame(chosen[0], 0, options.size)  # what is loaded or worked out once

    frames: list[np.ndarray] = []
    rendering = _rate(
        lambda: frames.extend(render_frame(sample, 0, options.size) for sample in chosen),
        len(chosen),
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
