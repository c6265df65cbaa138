"""Frames of videos: the right ones, whichever way they are reached, and what is left of damage."""

import math
import random
import re
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from anomaly_fas.data.media import frame_index, picking, video
from anomaly_fas.data.media.clip import Clip, spread
from anomaly_fas.data.media.frame_index import FrameIndex
from anomaly_fas.data.media.reading import read_clip
from anomaly_fas.errors import DataError
from tests.data.media.encoding import encode, number_of, numbered
from tests.nonempty import nonempty

FORMATS = {
    "h264.mp4": "h264",
    "h264.mov": "h264",
    "h264.avi": "h264",
    "mpeg4.avi": "mpeg4",
    "mpeg4.mp4": "mpeg4",
    "mjpeg.avi": "mjpeg",
    "mjpeg.mov": "mjpeg",
}
COUNT = 60


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("videos")
    for name, codec in FORMATS.items():
        encode(folder / name, numbered(COUNT), codec)
    return folder


def numbers(clip: Clip) -> list[int]:
    return [frame.number for frame in clip.frames]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("count", [1, 4, 25, COUNT, 1000])
def test_frames_are_those_that_their_numbers_say(videos: Path, name: str, count: int) -> None:
    clip = read_clip(videos / name, count)
    assert numbers(clip) == spread(COUNT, count)
    assert [number_of(frame.image) for frame in clip.frames] == numbers(clip)
    assert [frame.time for frame in clip.frames] == pytest.approx([n / 25 for n in numbers(clip)])
    assert clip.fault == ""


@pytest.mark.parametrize("name", FORMATS)
def test_seeking_gives_what_the_sequence_gives(
    videos: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_default = read_clip(videos / name, 3)
    monkeypatch.setattr(FrameIndex, "pays", lambda self, wanted: True)
    sought = read_clip(videos / name, 3)
    monkeypatch.setattr(FrameIndex, "pays", lambda self, wanted: False)
    skipped_to = read_clip(videos / name, 3)
    monkeypatch.setattr(video, "pick_by_time", lambda *_, **__: None)
    decoded = read_clip(videos / name, 3)
    for clip in (sought, skipped_to, decoded):
        for ours, theirs in nonempty(zip(clip.frames, by_default.frames, strict=True)):
            assert (ours.number, ours.time) == (theirs.number, theirs.time)
            np.testing.assert_array_equal(ours.image, theirs.image)


def test_seeking_is_used_where_it_pays(videos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    starts: list[int | None] = []
    real = picking._Decoding.frames

    def noted(self: picking._Decoding, start: int | None = None) -> object:
        starts.append(start)
        return real(self, start)

    monkeypatch.setattr(picking._Decoding, "frames", noted)
    monkeypatch.setattr(video, "pick_in_sequence", None)
    for name, count, seeks in (("mjpeg.avi", 4, 4), ("h264.mp4", 2, 2), ("h264.mp4", 30, 0)):
        starts.clear()
        assert numbers(read_clip(videos / name, count)) == spread(COUNT, count)
        assert len([start for start in starts if start is not None]) == seeks


def test_frames_that_none_is_predicted_from_are_not_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encode(tmp_path / "b.mp4", numbered(60), gop=250, options={"bf": "2", "b-pyramid": "none"})
    shown = []
    real = picking._Decoding.frames

    def noted(self: picking._Decoding, start: int | None = None) -> object:
        for frame in real(self, start):
            shown.append(int(frame.pict_type) == 3)  # bidirectional
            yield frame

    monkeypatch.setattr(picking._Decoding, "frames", noted)
    monkeypatch.setattr(video, "pick_in_sequence", None)
    clip = read_clip(tmp_path / "b.mp4", 5)
    assert [number_of(frame.image) for frame in clip.frames] == spread(60, 5)
    assert sum(shown) <= 5
    assert len(shown) < 40


def test_a_timestamp_that_lies_is_found_out(videos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = FrameIndex.of

    def shifted(file: object, stream: object) -> FrameIndex:
        index = whole(file, stream)  # type: ignore[arg-type]
        times = tuple(time + 1 for time in index.times)
        return replace(index, times=times)

    monkeypatch.setattr(FrameIndex, "of", shifted)
    clip = read_clip(videos / "h264.mp4", 2)
    assert [number_of(frame.image) for frame in clip.frames] == spread(COUNT, 2)


def test_only_what_is_kept_is_converted(videos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    converted = []
    real = picking._converted

    def counting(frame: av.VideoFrame, number: int, index: FrameIndex) -> object:
        converted.append(number)
        return real(frame, number, index)

    monkeypatch.setattr(picking, "_converted", counting)
    read_clip(videos / "mpeg4.avi", 3)
    assert converted == spread(COUNT, 3)


def test_frames_of_variable_rate_keep_their_times(tmp_path: Path) -> None:
    times = np.cumsum([0, 1000, 3000, 500, 10_000, 2000, 1000, 7000, 1000, 1000]).tolist()
    encode(tmp_path / "v.mp4", numbered(10), times=times, rate=25)
    clip = read_clip(tmp_path / "v.mp4", 5)
    assert numbers(clip) == [1, 3, 5, 7, 9]
    assert [number_of(frame.image) for frame in clip.frames] == numbers(clip)
    expected = [times[number] / 25_000 for number in numbers(clip)]
    assert [frame.time for frame in clip.frames] == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_pictures_stand_as_the_file_says(tmp_path: Path, turned: int) -> None:
    path = tmp_path / "turned.mp4"
    encode(path, numbered(12), turned=turned)
    image = read_clip(path, 1).frames[0].image
    capture = cv2.VideoCapture(str(path))  # turns pictures by itself
    capture.set(cv2.CAP_PROP_POS_FRAMES, 6)
    expected = capture.read()[1][:, :, ::-1].astype(int)
    assert image.shape == ((96, 64, 3) if turned in {90, 270} else (64, 96, 3))
    assert np.abs(image - expected).mean() < 3
    assert number_of(np.rot90(image, -turned // 90)) == 6


@pytest.mark.parametrize("pixels", ["yuv420p", "yuv422p", "yuv444p", "yuv420p10le", "gray"])
def test_pixel_formats_become_the_same_picture(tmp_path: Path, pixels: str) -> None:
    encode(tmp_path / "p.mp4", numbered(8), pixels=pixels, options={"crf": "10"})
    image = read_clip(tmp_path / "p.mp4", 1).frames[0].image.astype(int)
    assert number_of(image.astype(np.uint8)) == 4
    grey = image[4:28, 60:90].mean(axis=(0, 1))
    assert np.abs(grey - 128).max() < 4
    if pixels != "gray":
        assert np.abs(image[4:28, 6:40].mean(axis=(0, 1)) - (200, 30, 30)).max() < 6


@pytest.mark.parametrize("name", ["h264.mp4", "mpeg4.avi", "mjpeg.avi", "mjpeg.mov"])
def test_a_truncated_file_gives_what_can_be_read_or_says_why_not(
    videos: Path, tmp_path: Path, name: str
) -> None:
    whole = (videos / name).read_bytes()
    path = tmp_path / name
    outcomes = []
    for cut in range(0, len(whole), max(1, len(whole) // 40)):
        path.write_bytes(whole[:cut])
        try:
            clip = read_clip(path, 5)
        except DataError:
            outcomes.append("none")
            continue
        for frame in clip.frames[:-1]:
            assert number_of(frame.image) == frame.number
        outcomes.append("some")
    if name.endswith(".avi"):  # its index lies at the end, and it can be read without
        assert outcomes.count("some") > 15
    assert outcomes[0] == "none"


def test_a_missing_tail_is_spread_over_and_told(videos: Path, tmp_path: Path) -> None:
    content = bytearray((videos / "mjpeg.avi").read_bytes())
    half = len(content) // 2
    content[half : content.index(b"idx1")] = bytes(content.index(b"idx1") - half)
    (tmp_path / "half.avi").write_bytes(content)
    clip = read_clip(tmp_path / "half.avi", 5)
    assert len(clip.frames) == 5
    assert 20 < max(numbers(clip)) < 32
    assert [number_of(frame.image) for frame in clip.frames] == numbers(clip)
    assert re.fullmatch(r"the file ends after 2[6-9] of 60 frames", clip.fault)


def test_damage_in_between_is_passed_over_and_told(videos: Path, tmp_path: Path) -> None:
    content = bytearray((videos / "mjpeg.avi").read_bytes())
    chunks = re.compile(b"00dc").finditer(content, content.index(b"movi"))
    starts = [match.start() for match in chunks]
    for number in (7, 22, 23):  # 7 and 22 are of those wanted first
        content[starts[number] + 8 : starts[number + 1]] = bytes(
            starts[number + 1] - starts[number] - 8
        )
    (tmp_path / "holes.avi").write_bytes(content)
    clip = read_clip(tmp_path / "holes.avi", 4)
    assert len(clip.frames) == 4
    assert not set(numbers(clip)) & {7, 22, 23}
    assert "57 of 60 frames can be decoded" in clip.fault


@pytest.mark.parametrize("name", FORMATS)
def test_bytes_that_were_changed_never_do_worse_than_an_error(
    videos: Path, tmp_path: Path, name: str
) -> None:
    whole = (videos / name).read_bytes()
    rng = random.Random(name)
    path = tmp_path / name
    read = 0
    for _ in range(25):
        damaged = bytearray(whole)
        for _ in range(rng.choice([1, 5, 50])):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        path.write_bytes(damaged)
        try:
            clip = read_clip(path, 4)
        except DataError:
            continue
        read += 1
        assert 1 <= len(clip.frames) <= 4
        assert all(frame.image.dtype == np.uint8 for frame in nonempty(clip.frames))
    assert read > 0


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "a.mp4"), "w") as file:
        stream = file.add_stream("aac", rate=16_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate = 16_000
        file.mux(stream.encode(frame))
        file.mux(stream.encode())
    with pytest.raises(DataError, match=r"a\.mp4: a file without pictures"):
        read_clip(tmp_path / "a.mp4", 3)


def test_the_number_of_frames_is_bounded(videos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame_index, "MAX_FRAMES", 50)
    with pytest.raises(DataError, match="more than 50 frames"):
        read_clip(videos / "h264.mp4", 3)


def test_frames_too_large_or_small_are_refused_before_any_is_decoded(
    videos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encode(tmp_path / "small.mp4", [np.zeros((8, 64, 3), np.uint8)] * 3, "mpeg4")
    with pytest.raises(DataError, match="a video of 64 x 8 pixels"):
        read_clip(tmp_path / "small.mp4", 2)
    monkeypatch.setattr(video, "MAX_PIXELS", 1000)
    monkeypatch.setattr(video, "pick_in_sequence", None)
    with pytest.raises(DataError, match="a video of 96 x 64 pixels"):
        read_clip(videos / "h264.mp4", 2)


def test_a_playlist_that_names_other_files_is_never_followed(videos: Path, tmp_path: Path) -> None:
    (tmp_path / "list.mp4").write_text(f"#EXTM3U\n#EXTINF:1,\n{videos / 'h264.mp4'}\n")
    (tmp_path / "concat.avi").write_text(f"ffconcat version 1.0\nfile {videos / 'h264.mp4'}\n")
    for name in ("list.mp4", "concat.avi"):
        with pytest.raises(DataError, match="neither a video"):
            read_clip(tmp_path / name, 2)


def test_times_that_are_not_told_are_not_made_up() -> None:
    index = FrameIndex(5, 0, (), (), 0.04)
    assert math.isnan(index.seconds(3))
    assert not index.pays([1, 3])


def test_what_seeking_costs_is_weighed() -> None:
    keys_every_ten = FrameIndex(100, 0, tuple(range(100)), tuple(range(0, 100, 10)), 0.04)
    assert keys_every_ten.pays([15, 95])  # 6 + 6 frames and two seeks, against 96
    assert not keys_every_ten.pays(list(range(0, 100, 3)))
    assert not FrameIndex(100, 0, tuple(range(100)), (50,), 0.04).pays([15, 95])
    assert keys_every_ten.key_before(49) == 40
