"""What packets tell of frames."""

import re
import struct
from pathlib import Path

import av
import pytest

from anomaly_fas.data.media.clip import spread
from anomaly_fas.data.media.reading import read_clip
from tests.data.media.encoding import encode, number_of, numbered


def chunks(content: bytes) -> list[bytes]:
    """The frames of an AVI of one stream."""
    found, place = [], content.index(b"movi") + 4
    while content[place : place + 4] == b"00dc":
        (size,) = struct.unpack_from("<I", content, place + 4)
        found.append(content[place + 8 : place + 8 + size])
        place += 8 + size + size % 2
    return found


def with_chunks(content: bytes, frames: list[bytes]) -> bytes:
    """The same AVI with other frames, and without an index."""
    head = bytearray(content[: content.index(b"movi") + 4])
    parts = [
        b"00dc" + struct.pack("<I", len(frame)) + frame + b"\0" * (len(frame) % 2)
        for frame in frames
    ]
    body = b"".join(parts)
    struct.pack_into("<I", head, len(head) - 8, len(body) + 4)
    return bytes(head) + body


@pytest.mark.parametrize("codec", ["mjpeg", "mpeg4"])
def test_frames_that_a_camera_dropped_are_no_fault(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "a.avi"
    encode(path, numbered(20), codec)
    whole = path.read_bytes()
    frames = chunks(whole)
    dropped = [*frames[:6], b"", *frames[6:14], b"", b"", *frames[14:17]]  # 20 places again
    path.write_bytes(with_chunks(whole, dropped))
    clip = read_clip(path, 100)
    assert clip.fault == ""
    assert [number_of(frame.image) for frame in clip.frames] == list(range(17))
    shown = [place / 25 for place in range(20) if place not in {6, 15, 16}]
    assert [frame.time for frame in clip.frames] == pytest.approx(shown)
    path.write_bytes(with_chunks(whole, dropped[:-3]))
    # Of the 20 places that the head tells of, one is seen to hold none.
    assert read_clip(path, 4).fault == "the file ends after 14 of 19 frames"


@pytest.mark.parametrize("codec", ["h264", "mpeg4"])
def test_times_count_from_the_first_frame(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "late.mp4"
    encode(path, numbered(30), codec, times=[50_000 + 1000 * number for number in range(30)])
    clip = read_clip(path, 4)
    assert [number_of(frame.image) for frame in clip.frames] == spread(30, 4)
    assert [frame.time for frame in clip.frames] == pytest.approx(
        [number / 25 for number in spread(30, 4)]
    )


@pytest.mark.parametrize("flags", ["faststart", "frag_keyframe+empty_moov"])
@pytest.mark.parametrize("share", [0.4, 0.6, 0.8, 0.95])
def test_a_film_whose_head_came_first_may_lack_its_tail(
    tmp_path: Path, flags: str, share: float
) -> None:
    encode(tmp_path / "a.mp4", numbered(60))
    with (
        av.open(str(tmp_path / "a.mp4")) as old,
        av.open(str(tmp_path / "b.mp4"), "w", options={"movflags": flags}) as new,
    ):
        stream = new.add_stream_from_template(old.streams.video[0])
        for packet in old.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                new.mux(packet)
    content = (tmp_path / "b.mp4").read_bytes()
    start = content.index(b"mdat")
    (tmp_path / "b.mp4").write_bytes(content[: start + int((len(content) - start) * share)])
    clip = read_clip(tmp_path / "b.mp4", 4)
    numbers = [frame.number for frame in clip.frames]
    assert len(numbers) == 4
    assert [number_of(frame.image) for frame in clip.frames] == numbers
    assert numbers[-1] < 60 * (share + 0.2)
    if flags == "faststart":
        assert re.match(r"(the file ends after )?[0-9]+ of 60 frames", clip.fault)
