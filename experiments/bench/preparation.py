"""`prepare` by two processes against one: decoding, detection, cutting and writing of real videos.

Run it as `python experiments/bench/preparation.py`. The videos are H.264 of rendered faces; both
stores are compared byte for byte.
"""

from __future__ import annotations

import argparse
import tempfile
from fractions import Fraction
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import av
import cv2
import numpy as np
from comparison import Comparison, interleaved, run_script, times_less

from anomaly_fas.data.faces.centerface import CenterFace
from anomaly_fas.data.faces.face_crop import Square
from anomaly_fas.data.preparation.capture import Capture
from anomaly_fas.data.preparation.cutting import Cutter
from anomaly_fas.data.preparation.filling import Filling
from anomaly_fas.data.store.settings import StoreSettings
from anomaly_fas.simulation.plan import Extent, plan
from anomaly_fas.simulation.render import render_frame

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

RATE = 30


def _write_video(path: Path, face: np.ndarray, frames: int) -> None:
    """A face that moves over a 640 x 480 scene."""
    scene = np.full((480, 640, 3), 100, dtype=np.uint8)
    scene[80:400, 160:480] = cv2.resize(face, (320, 320))
    with av.open(str(path), "w") as container:
        stream = container.add_stream("h264", rate=Fraction(RATE))
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
        for number in range(frames):
            moved = np.roll(scene, 2 * number, axis=1)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(moved, format="rgb24")))
        container.mux(stream.encode())


def _videos(folder: Path, total: int, frames: int) -> list[Capture]:
    samples = list(plan(Extent()))
    captures = []
    for number in range(total):
        sample = samples[number * len(samples) // total]
        path = folder / f"{number}.mp4"
        _write_video(path, render_frame(sample, 0, 160), frames)
        captures.append(Capture(str(number), "bench", path, path.name))
    return captures


def _prepare(store: Path, captures: Sequence[Capture], processes: int, shard: int) -> None:
    cutter = Cutter(10, CenterFace(), Square(224, 0.3))
    settings = StoreSettings(10, 224, cutter.detector.describe(), cutter.crop.describe())
    Filling(store, settings, cutter, processes, shard).run(captures, lambda *_: None)


def _bytes(store: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((store / "shards").iterdir())}


def comparisons(
    *, quick: bool = False, videos: int = 48, frames: int = 90, rounds: int = 5
) -> Iterator[Comparison]:
    """Prepare the same videos by one and by two processes in turn."""
    videos, rounds = (12, 1) if quick else (videos, rounds)
    shard = max(1, videos // 12)  # such that neither process waits long for the other
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        captures = _videos(folder, videos, frames)
        numbers = count()

        def prepare(processes: int) -> None:
            _prepare(folder / f"{processes}-{next(numbers)}", captures, processes, shard)

        two, one = interleaved(lambda: prepare(2), lambda: prepare(1), rounds=rounds, warm_up=0)
        first, second = _bytes(next(folder.glob("1-*"))), _bytes(next(folder.glob("2-*")))
    assert first == second, "the stores of one and of two processes differ"
    yield Comparison(
        "preparation: two processes, a video", two / videos, one / videos, "s", times_less(1.7),
        "one process", "stores equal, byte for byte",
    )  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--videos", type=int, default=48)
    parser.add_argument("--frames", type=int, default=90)
    parser.add_argument("--rounds", type=int, default=5)
    run_script(comparisons, parser)
