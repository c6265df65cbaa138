"""Decoding a video for some of its frames, which alone are converted to pictures."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import av
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from anomaly_fas.data.media.clip import MediaFrame
from anomaly_fas.data.media.frame_index import MAX_FRAMES, FrameIndex


@dataclass(frozen=True)
class Picked:
    """What came of a decoding.

    Attributes:
        frames: those wanted that could be decoded, ascending.
        good: numbers of all frames that could be decoded, as far as it went.
        error: the decoder's first complaint, empty if there was none.
        complete: whether all that were wanted are there.
    """

    frames: list[MediaFrame]
    good: Collection[int]
    error: str
    complete: bool

    @property
    def why(self) -> str:
        """The complaint in brackets."""
        return f" ({self.error})" if self.error else ""

    def fault(self, index: FrameIndex) -> str:
        """What to say of a clip that is not as it should be; empty if it is."""
        told = index.count + index.missing
        if not self.complete:
            return f"{len(self.good)} of {told} frames can be decoded{self.why}"
        if index.missing:
            return f"the file ends after {index.count} of {told} frames"
        return ""


def pick_in_sequence(
    file: InputContainer, stream: VideoStream, index: FrameIndex, wanted: Sequence[int]
) -> Picked:
    """Decode from the beginning up to the last frame wanted."""
    decoding = _Decoding(file, stream)
    targets = set(wanted)
    frames: list[MediaFrame] = []
    good: list[int] = []
    for place, frame in enumerate(decoding.frames()):
        number = index.number_of(frame.pts, place)
        if frame.is_corrupt:
            continue
        good.append(number)
        if number in targets:
            frames.append(_converted(frame, number, index))
            if len(frames) == len(wanted):
                break
    return Picked(frames, good, decoding.error, complete=len(frames) == len(wanted))


def pick_by_time(
    file: InputContainer,
    stream: VideoStream,
    index: FrameIndex,
    wanted: Sequence[int],
    *,
    seeking: bool,
) -> Picked | None:
    """Decode only the frames wanted and those that they are predicted from.

    Args:
        file: just opened.
        stream: of it.
        index: with the times of its frames.
        wanted: numbers of frames, ascending.
        seeking: begin at the nearest key frame before each frame wanted, not at the beginning.

    Returns:
        None where a frame did not arrive, arrived damaged, or not at its time: then the sequence
        tells the truth.
    """
    decoding = _Decoding(file, stream, frozenset(index.times[number] for number in wanted))
    frames: list[MediaFrame] = []
    decoded = decoding.frames()
    reached = -1
    for number in wanted:
        key = index.key_before(number)
        if seeking and key > reached:
            decoded = decoding.frames(index.times[key])
        time = index.times[number]
        found = next((f for f in decoded if f.pts is None or f.pts >= time), None)
        if found is None or found.pts != time or found.is_corrupt or decoding.error:
            return None
        frames.append(_converted(found, number, index))
        reached = number
    return Picked(frames, wanted, "", complete=True)


class _Decoding:
    """Decodes a stream, going on after what cannot be decoded.

    Args:
        file: the container.
        stream: of it.
        times: of the frames wanted, where no frame need be decoded that is neither among them nor
            used to predict another; None for all frames.
    """

    def __init__(
        self, file: InputContainer, stream: VideoStream, times: Collection[int] | None = None
    ) -> None:
        self._file = file
        self._stream = stream
        self._times = times
        self.error = ""

    def frames(self, start: int | None = None) -> Iterator[VideoFrame]:
        """The frames from a key frame's time on, or from where the file stands, as shown."""
        if start is not None:
            self._file.seek(start, stream=self._stream, backward=True)
            self._stream.codec_context.flush_buffers()
        made = 0
        context = self._stream.codec_context
        for packet in self._packets():
            if self._times is not None:
                context.skip_frame = "DEFAULT" if packet.pts in self._times else "NONREF"
            try:
                frames = context.decode(None if packet.size == 0 else packet)
            except (av.FFmpegError, ValueError) as error:
                self._note(error)
                continue
            for frame in frames:
                yield frame
                made += 1
                if made >= MAX_FRAMES:
                    return

    def _packets(self) -> Iterator[Packet[VideoStream]]:
        try:
            yield from self._file.demux(self._stream)
        except (av.FFmpegError, ValueError) as error:
            self._note(error)

    def _note(self, error: Exception) -> None:
        self.error = self.error or str(getattr(error, "strerror", None) or error)


def _converted(frame: VideoFrame, number: int, index: FrameIndex) -> MediaFrame:
    """The frame as a picture that stands as the file's display matrix says."""
    picture = frame.to_ndarray(format="rgb24")
    upright = np.rot90(picture, round(frame.rotation / 90) % 4)
    return MediaFrame(number, index.seconds(number), np.ascontiguousarray(upright))
