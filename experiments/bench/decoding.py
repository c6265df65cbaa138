"""One frame of 25 read from a video, against decoding and converting all of them.

Run it as `python experiments/bench/decoding.py`. The alternative turns every frame that PyAV
decodes into a picture and keeps the same ones, on one thread too. The pictures of both are
compared; the medians of runs by turns too.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

import av
import cv2
import numpy as np

from anomaly_fas.data.media.clip import spread
from anomaly_fas.data.media.reading import read_clip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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


def main() -> None:
    """Encode the videos, then measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--size", type=int, nargs=2, default=(1280, 720), help="columns, rows")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    total = options.seconds * RATE
    count = total // KEPT
    with tempfile.TemporaryDirectory() as folder:
        for name, (codec, pixels) in FORMATS.items():
            path = Path(folder) / name
            _write(path, options.size, _scene(total, *options.size), codec, pixels)
            ours, theirs = _by_turns(
                lambda path=path: [frame.image for frame in read_clip(path, count).frames],
                lambda path=path: _all_converted(path, spread(total, count)),
                options.repeats,
            )
            print(
                f"{name:10} ours {1000 * ours:7.0f} ms   all frames {1000 * theirs:7.0f} ms   "
                f"ratio {theirs / ours:5.2f}   bar {BAR}"
            )


def _by_turns(
    ours: Callable[[], list[np.ndarray]], theirs: Callable[[], list[np.ndarray]], repeats: int
) -> tuple[float, float]:
    """Median seconds of both, whose pictures must be equal."""
    np.testing.assert_array_equal(ours(), theirs())
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(repeats):
        for task, seconds in zip((ours, theirs), taken, strict=True):
            start = time.perf_counter()
            task()
            seconds.append(time.perf_counter() - start)
    return median(taken[0]), median(taken[1])


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
    main()
