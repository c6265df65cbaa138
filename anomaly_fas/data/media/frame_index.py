"""What a video's packets tell of its frames, without decoding any."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from anomaly_fas.errors import DataError

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

MAX_FRAMES: Final = 200_000
"""Two hours at 25 frames a second; a capture has a few hundred."""

_REORDERING: Final = frozenset({"mov", "matroska"})
"""Containers that keep the time at which a frame is shown, whatever order they are stored in."""

_SEEK_COST: Final = 2
"""What a seek takes, in decoded frames."""


@dataclass(frozen=True)
class FrameIndex:
    """The frames of a stream.

    Attributes:
        count: number of its packets, which is that of its frames unless some are damaged.
        missing: how many more the file's head tells of.
        times: when each frame is shown, in units of the stream, ascending; empty where the packets
            do not tell.
        keys: numbers of the frames that decoding can start at, ascending; empty where the times
            may not be those of the frames.
        unit: seconds.
    """

    count: int
    missing: int
    times: tuple[int, ...]
    keys: tuple[int, ...]
    unit: float

    @classmethod
    def of(cls, file: InputContainer, stream: VideoStream) -> Self:
        """Read a stream's packets.

        Raises:
            DataError: it has more than `MAX_FRAMES`.
        """
        shown: list[int | None] = []
        hidden = 0
        keys: set[int | None] = set()
        for packet in file.demux(stream):
            if packet.size == 0:
                continue
            if packet.is_discard:
                hidden += 1
                continue
            shown.append(packet.pts)
            if packet.is_keyframe:
                keys.add(packet.pts)
            if len(shown) > MAX_FRAMES:
                raise DataError(f"{file.name}: more than {MAX_FRAMES} frames")
        unit = float(stream.time_base) if stream.time_base else math.nan
        known = [time for time in shown if time is not None]
        reached = len(shown) + hidden
        if file.format.name == "avi":  # head and times count frames that the camera dropped, too
            reached = max([reached, *(time + 1 for time in known)])
        missing = max(0, stream.frames - reached)
        if len(set(known)) != len(shown):
            return cls(len(shown), missing, (), (), unit)
        times = tuple(sorted(known))
        exact = set(file.format.name.split(",")) & _REORDERING or len(keys) == len(shown)
        starts = tuple(n for n, time in enumerate(times) if exact and time in keys)
        return cls(len(shown), missing, times, starts, unit)

    def seconds(self, number: int) -> float:
        """The time of a frame, from the first one's; nan where it is not known."""
        if number >= len(self.times):
            return math.nan
        return (self.times[number] - self.times[0]) * self.unit

    def number_of(self, time: int | None, place: int) -> int:
        """The number of a decoded frame.

        Args:
            time: that it carries.
            place: how many frames the decoder has put out before it, which is less than its number
                where some could not be decoded: taken only where times may not be believed.
        """
        if time is None or not self.keys:
            return place
        number = bisect_left(self.times, time)
        return number if number < self.count and self.times[number] == time else place

    def key_before(self, number: int) -> int:
        """The last frame up to `number` that decoding can start at, -1 if there is none."""
        place = bisect_right(self.keys, number)
        return self.keys[place - 1] if place else -1

    def pays(self, wanted: Sequence[int]) -> bool:
        """Whether to seek to each of the frames wanted takes less than to decode up to the last."""
        cost, reached = 0, -1
        for number in wanted:
            key = self.key_before(number)
            if key < 0:
                return False
            jumps = key > reached
            cost += number - (key - 1 if jumps else reached) + _SEEK_COST * jumps
            reached = number
        return cost < wanted[-1] + 1
