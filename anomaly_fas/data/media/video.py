"""Frames of a video: by their times where those are exact, else by decoding in sequence."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from anomaly_fas.data.images import MAX_PIXELS, MIN_SIDE
from anomaly_fas.data.media.clip import Clip, spread
from anomaly_fas.data.media.frame_index import FrameIndex
from anomaly_fas.data.media.picking import Picked, pick_by_time, pick_in_sequence
from anomaly_fas.errors import DataError

_OPTIONS: Final = {"enable_drefs": "0", "use_absolute_path": "0"}
"""A MOV file may name other files as its own content: it is not believed."""

_DECODER_OPTIONS: Final = {"max_pixels": str(MAX_PIXELS)}
"""A frame may be larger than the file's head says: it is refused before memory is taken for it."""


def read_video(path: Path, container: str, count: int) -> Clip:
    """Read up to `count` frames of a video's first stream, evenly spread over those that it has.

    Frames that are damaged are left out; where some of those wanted are, others that can be read
    are taken, evenly spread again. Every way of decoding gives the same frames.

    Args:
        path: video file.
        container: FFmpeg's name of its container.
        count: number of frames wanted.

    Raises:
        DataError: no video stream, frames too large or too small, or none that can be decoded.
    """
    with _opened(path, container) as (file, stream):
        index = FrameIndex.of(file, stream)
    if not index.count:
        raise DataError(f"{path}: a video without frames")
    wanted = spread(index.count, count)
    picked = None
    if index.keys:
        with _opened(path, container) as (file, stream):
            picked = pick_by_time(file, stream, index, wanted, seeking=index.pays(wanted))
    if picked is None:
        picked = _in_sequence(path, container, index, wanted)
    if not picked.frames:
        raise DataError(f"{path}: none of {index.count} frames can be decoded{picked.why}")
    return Clip(picked.frames, picked.fault(index))


def _in_sequence(path: Path, container: str, index: FrameIndex, wanted: list[int]) -> Picked:
    with _opened(path, container) as (file, stream):
        picked = pick_in_sequence(file, stream, index, wanted)
    if picked.complete or not picked.good:
        return picked
    # The tail is missing, or frames in between are damaged: spread over what can be read.
    good = sorted(picked.good)
    instead = [good[place] for place in spread(len(good), len(wanted))]
    with _opened(path, container) as (file, stream):
        again = pick_in_sequence(file, stream, index, instead)
    return Picked(again.frames, picked.good, picked.error or again.error, complete=False)


@contextmanager
def _opened(path: Path, container: str) -> Iterator[tuple[InputContainer, VideoStream]]:
    try:
        file = av.open(
            f"file:{path.absolute()}", format=container, options=_OPTIONS, metadata_errors="ignore"
        )
    except (av.FFmpegError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"{path}: not a video that can be opened ({reason})") from error
    with file:
        if not file.streams.video:
            raise DataError(f"{path}: a file without pictures")
        stream = file.streams.video[0]
        width, height = stream.codec_context.width, stream.codec_context.height
        if width * height > MAX_PIXELS or min(width, height) < MIN_SIDE:
            raise DataError(f"{path}: a video of {width} x {height} pixels")
        # Captures are read side by side by processes of one thread each.
        stream.codec_context.thread_count = 1
        stream.codec_context.options = dict(_DECODER_OPTIONS)
        yield file, stream
