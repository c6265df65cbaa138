"""Simulated images a second on one core, and how that compares with decoding stored photographs.

Run it as `python experiments/bench/simulation.py`.
"""

from __future__ import annotations

import argparse
import io
from typing import TYPE_CHECKING

import cv2
import numpy as np
from comparison import Comparison, interleaved, run_script
from PIL import Image

from anomaly_fas.simulation.plan import DATASETS, Extent, plan
from anomaly_fas.simulation.render import render_frame

if TYPE_CHECKING:
    from collections.abc import Iterator


def comparisons(*, quick: bool = False, subjects: int = 6, size: int = 112) -> Iterator[Comparison]:
    """Render all samples of some subjects, as the cache is filled, then decode as many files."""
    cv2.setNumThreads(1)
    extent = Extent()
    samples = list(plan(extent))
    each = len(samples) // (len(DATASETS) * sum(extent.subjects.values()))
    starts = np.linspace(0, len(samples) // each - 1, 1 if quick else subjects).astype(int) * each
    chosen = [sample for start in starts for sample in samples[start : start + each]]
    pairs = [(sample, number) for sample in chosen for number in range(extent.frames)]
    files = [_photograph(render_frame(*pair, size)) for pair in pairs]
    rendering, decoding = interleaved(
        lambda: [render_frame(*pair, size) for pair in pairs],
        lambda: [np.asarray(Image.open(io.BytesIO(file))) for file in files],
        warm_up=0,
    )
    yield Comparison(
        f"simulation: an image of {size} px on one core",
        1e3 * rendering / len(pairs),
        1e3 * decoding / len(pairs),
        "ms",
        against="PIL on a JPEG file of 1024 px",
    )


def _photograph(frame: np.ndarray) -> bytes:
    """A JPEG file as a camera would leave it."""
    buffer = io.BytesIO()
    large = Image.fromarray(frame).resize((1024, 1024), Image.Resampling.BICUBIC)
    large.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, default=6)
    parser.add_argument("--size", type=int, default=112)
    run_script(comparisons, parser)
