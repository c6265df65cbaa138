"""One frame of 25 read from a video, against decoding and converting all of them.

Run it as `python experiments/bench/decoding.py`. The alternative turns every frame that PyAV
decodes into a picture and keeps the same ones, on one thread too. The pictures of both are
compared; the medians of runs by turns too.
"""

from __future__ import annotations

import argparse
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import av
import cv2
import numpy as np
from comparison import Comparison, interleaved, run_script, times_less

from anomaly_fas.data.media.clip import spread
from anomaly_fas.data.media.reading import read_clip

if TYPE_CHECKING:
    from collections.abc import Iterator

BAR: Final = 1.5
KEPT: Final = 25
RATE: Final = 30
FORMATS: Final = {
    "h264.mp4": ("h264", "yuv420p"),
    "h264.mov": ("h264", "yuv420p"),
    "mpeg4.avi": ("mpeg4", "yuv420p"),
    "mjpeg.avi": ("mjpeg", "yuvj420p"),
}
"""File name, codec and pixel format; the encoders place key frames as they do by default."""


def comparisons(
    *, quick: bool = False, seconds: int = 10, size: tuple[int, int] = (1280, 720), repeats: int = 5
) -> Iterator[Comparison]:
    """Encode the videos, then decode each both ways."""
    total = RATE * (2 if quick else seconds)
    count = total // KEPT
    with tempfile.TemporaryDirectory() as folder:
        for name, (codec, pixels) in FORMATS.items():
            path = Path(folder) / name
            _write(path, size, _scene(total, *size), codec, pixels)
            few = partial(_few_converted, path, count)
            every = partial(_all_converted, path, spread(total, count))
            np.testing.assert_array_equal(few(), every())
            ours, theirs = interleaved(few, every, rounds=repeats)
            yield Comparison(
                f"decoding: 1 frame of {KEPT}, {name}", 1e3 * ours, 1e3 * theirs, "ms",
                times_less(BAR), "all frames",
            )  # fmt: skip


def _few_converted(path: Path, count: int) -> list[np.ndarray]:
    return [frame.image for frame in read_clip(path, count).frames]


def _all_converted(path: Path, wanted: list[int]) -> list[np.ndarray]:
    with av.open(str(path)) as file:
        file.streams.video[0].codec_context.thread_count = 1
        pictures = (frame.to_ndarray(format="rgb24") for frame in file.decode(video=0))
        return [picture for number, picture in enumerate(pictures) if number in wanted]


def _scene(total: int, columns: int, rows: int) -> Iterator[np.ndarray]:
    """A textured picture under a camera that moves, with the noise of its sensor."""
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 256, (rows // 40, columns // 40, 3), dtype=np.uint8)
    scene = cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_CUBIC)
    for number in range(total):
        noise = rng.integers(0, 8, (rows, columns, 1), dtype=np.uint8)
        yield cv2.add(np.roll(scene, 3 * number, axis=1) // 2 + 60, np.repeat(noise, 3, axis=2))


def _write(
    path: Path, size: tuple[int, int], frames: Iterator[np.ndarray], codec: str, pixels: str
) -> None:
    with av.open(str(path), "w") as file:
        stream = file.add_stream(codec, rate=RATE)
        stream.width, stream.height = size
        stream.pix_fmt = pixels
        for image in frames:
            file.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        file.mux(stream.encode())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--size", type=int, nargs=2, default=(1280, 720), help="columns, rows")
    parser.add_argument("--repeats", type=int, default=5)
    run_script(comparisons, parser)
