"""Captures written as the datasets write them, for tests."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import av
import h5py
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_PIXELS = {"mjpeg": "yuvj420p"}


def encode(
    path: Path,
    frames: Sequence[np.ndarray],
    codec: str = "h264",
    *,
    rate: int = 25,
    gop: int = 12,
    container: str | None = None,
    pixels: str | None = None,
    times: Sequence[int] | None = None,
    turned: int = 0,
    options: Mapping[str, str] | None = None,
) -> None:
    """Write a video.

    Args:
        path: where to; its suffix names the container, in lower or upper case.
        frames: uint8, shape [rows, columns, 3], even sides.
        codec: FFmpeg's name of it.
        rate: frames a second.
        gop: frames from one key frame to the next.
        container: FFmpeg's name, where the suffix does not tell.
        pixels: FFmpeg's name of the pixel format.
        times: when each frame is shown, in 1 / (1000 rate) seconds; evenly spaced by default.
        turned: degrees, anticlockwise, that players turn the pictures by.
        options: of the encoder.
    """
    container = container or path.suffix[1:].lower()
    with av.open(str(path), "w", format=container) as file:
        stream = file.add_stream(codec, rate=rate, options=dict(options or {}))
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = pixels or _PIXELS.get(codec, "yuv420p")
        stream.codec_context.gop_size = gop
        if turned:
            stream.set_display_rotation(turned)
        if times is not None:
            stream.codec_context.time_base = Fraction(1, 1000 * rate)
        for number, image in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            if times is not None:
                frame.time_base = Fraction(1, 1000 * rate)
                frame.pts = times[number]
            file.mux(stream.encode(frame))
        file.mux(stream.encode())


def numbered(count: int, rows: int = 64, columns: int = 96) -> list[np.ndarray]:
    """Frames that carry their number as eight large black or white blocks.

    The upper left quarter is red, so that a turned frame can be told.
    """
    frames = []
    for number in range(count):
        frame = np.full((rows, columns, 3), 128, dtype=np.uint8)
        frame[: rows // 2, : columns // 2] = (200, 30, 30)
        width = columns // 8
        for bit in range(8):
            value = 255 if number >> bit & 1 else 0
            frame[rows // 2 :, bit * width : (bit + 1) * width] = value
        frames.append(frame)
    return frames


def number_of(image: np.ndarray) -> int:
    """The number that an upright frame of `numbered` carries."""
    rows, columns = image.shape[:2]
    width = columns // 8
    lower = image[rows // 2 + 4 : -4].mean(axis=(0, 2))
    blocks = [lower[bit * width + 2 : (bit + 1) * width - 2].mean() for bit in range(8)]
    return sum(int(value > 128) << bit for bit, value in enumerate(blocks))


def write_3dmad(path: Path, frames: Sequence[np.ndarray]) -> None:
    """An HDF5 file as 3DMAD has them: colour with the channels first, depth, eye positions."""
    with h5py.File(path, "w") as file:
        colour = np.stack(frames).transpose(0, 3, 1, 2)
        file.create_dataset("Color_Data", data=colour)
        file.create_dataset("Depth_Data", data=colour[:, :1].astype(np.uint16))
        file.create_dataset("Eye_Pos", data=np.zeros((len(frames), 4), dtype=np.int16))


def write_csmad(path: Path, frames: Sequence[np.ndarray]) -> None:
    """An HDF5 file with the streams of several cameras, of which one is colour."""
    with h5py.File(path, "w") as file:
        colour = np.stack(frames).transpose(0, 3, 1, 2)
        file.create_dataset("sr300/color", data=colour, chunks=(1, *colour.shape[1:]))
        file.create_dataset("sr300/infrared", data=colour[:, :1].astype(np.uint16))
        file.create_dataset("sr300/depth", data=colour[:, :1].astype(np.uint16))
        file.create_dataset("compact_pro/thermal", data=colour[:, :1].astype(np.uint16))
