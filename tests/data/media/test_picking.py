"""Decoding: colours, memory, and frames that are not what the file's head says."""

import gc
import io
import subprocess
import sys
import weakref
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from anomaly_fas.data.media import picking, video
from anomaly_fas.data.media.clip import spread
from anomaly_fas.data.media.frame_index import FrameIndex
from anomaly_fas.data.media.reading import read_clip
from tests.data.media.encoding import encode, number_of, numbered
from tests.data.media.test_frame_index import chunks, with_chunks

MATRICES = {  # FFmpeg's number, and the weights of red and blue in luma
    "BT.601": (5, 0.299, 0.114),
    "BT.709": (1, 0.2126, 0.0722),
}


def expected_rgb(luma: int, blue: int, red: int, matrix: str, *, full: bool) -> np.ndarray:
    """ITU-R BT.601 and BT.709: cb = (B - Y) / 2 (1 - kb), cr = (R - Y) / 2 (1 - kr)."""
    _, kr, kb = MATRICES[matrix]
    y = luma / 255 if full else (luma - 16) / 219
    cb, cr = ((value - 128) / (255 if full else 224) for value in (blue, red))
    r, b = y + 2 * (1 - kr) * cr, y + 2 * (1 - kb) * cb
    return 255 * np.clip([r, (y - kr * r - kb * b) / (1 - kr - kb), b], 0, 1)


def write_plain(path: Path, matrix: str, *, full: bool) -> None:
    with av.open(str(path), "w") as file:
        stream = file.add_stream("h264", rate=25, options={"crf": "1"})
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        frame = av.VideoFrame(1280, 720, "yuv420p")
        for target in (frame, stream.codec_context):
            target.colorspace = MATRICES[matrix][0]
            target.color_range = 2 if full else 1
        for plane, value in zip(frame.planes, (120, 90, 180), strict=True):
            plane.update(bytes([value]) * plane.buffer_size)
        file.mux(stream.encode(frame))
        file.mux(stream.encode())


@pytest.mark.parametrize("matrix", MATRICES)
@pytest.mark.parametrize("full", [False, True])
def test_colours_follow_the_matrix_and_the_range_that_the_file_names(
    tmp_path: Path, matrix: str, full: bool
) -> None:
    write_plain(tmp_path / "a.mp4", matrix, full=full)
    colour = read_clip(tmp_path / "a.mp4", 1).frames[0].image[300:400, 300:400].mean(axis=(0, 1))
    assert np.abs(colour - expected_rgb(120, 90, 180, matrix, full=full)).max() < 2.5


@pytest.mark.parametrize(("codec", "name"), [("mjpeg", "a.mov"), ("mpeg4", "a.mp4")])
def test_every_codec_is_turned(tmp_path: Path, codec: str, name: str) -> None:
    encode(tmp_path / name, numbered(4), codec, turned=90)
    assert read_clip(tmp_path / name, 1).frames[0].image.shape == (96, 64, 3)


@pytest.mark.parametrize("codec", ["mjpeg", "mpeg4"])
def test_odd_sides(tmp_path: Path, codec: str) -> None:
    encode(tmp_path / "a.avi", [np.full((77, 101, 3), 90, np.uint8)] * 3, codec)
    image = read_clip(tmp_path / "a.avi", 1).frames[0].image
    assert image.shape == (77, 101, 3)
    assert np.abs(image.astype(int) - 90).max() < 4


def test_few_decoded_frames_are_alive_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encode(tmp_path / "long.mp4", numbered(250), "mpeg4", gop=250)
    alive: weakref.WeakSet[object] = weakref.WeakSet()
    most = 0
    real = picking._Decoding.frames

    class Held:
        """Stands for a frame as long as anyone holds it."""

        def __init__(self, frame: av.VideoFrame) -> None:
            self._frame = frame

        def __getattr__(self, name: str) -> object:
            return getattr(self._frame, name)

    def counted(self: object, start: int | None = None) -> object:
        nonlocal most
        for frame in real(self, start):  # type: ignore[arg-type]
            held = Held(frame)
            alive.add(held)
            most = max(most, len(alive))
            yield held

    monkeypatch.setattr(picking._Decoding, "frames", counted)
    gc.collect()
    assert len(read_clip(tmp_path / "long.mp4", 3).frames) == 3
    assert most <= 3


def test_a_frame_larger_than_the_head_says_costs_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.avi"
    encode(path, numbered(6), "mjpeg")
    huge = io.BytesIO()
    Image.new("L", (16_000, 16_000), 99).save(huge, "JPEG")
    frames = chunks(path.read_bytes())
    path.write_bytes(with_chunks(path.read_bytes(), [*frames[:3], huge.getvalue(), *frames[4:]]))
    code = (
        "import resource, sys; from pathlib import Path\n"
        "from anomaly_fas.data.media.reading import read_clip\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "clip = read_clip(Path(sys.argv[1]), 6)\n"
        "after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(*[frame.number for frame in clip.frames], (after - before) // 1024, clip.fault)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    *numbers, megabytes = done.stdout.split()[:6]
    assert [int(number) for number in numbers] == [0, 1, 2, 4, 5]
    assert int(megabytes) < 100  # the frame alone has 256
    assert "5 of 6 frames can be decoded" in done.stdout
    assert done.stderr == ""  # decoders keep their complaints to themselves


@pytest.mark.parametrize(
    ("codec", "options"),
    [
        ("h264", {"bf": "8", "b-pyramid": "strict"}),
        ("h264", {"bf": "4", "x264-params": "open-gop=1"}),
        ("h264", {"x264-params": "intra-refresh=1"}),  # no picture stands alone but the first
        ("h264", {"x264-params": "interlaced=1"}),
        ("mpeg4", {"bf": "2"}),
    ],
)
@pytest.mark.parametrize("count", [3, 40])
def test_every_way_leads_to_the_same_pictures(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    codec: str,
    options: dict[str, str],
    count: int,
) -> None:
    encode(tmp_path / "a.mp4", numbered(90), codec, options=options)
    monkeypatch.setattr(FrameIndex, "pays", lambda self, wanted: True)
    sought = read_clip(tmp_path / "a.mp4", count).frames
    monkeypatch.setattr(FrameIndex, "pays", lambda self, wanted: False)
    skipped_to = read_clip(tmp_path / "a.mp4", count).frames
    monkeypatch.setattr(video, "pick_by_time", lambda *_, **__: None)
    decoded = read_clip(tmp_path / "a.mp4", count).frames
    assert [number_of(frame.image) for frame in decoded] == spread(90, count)
    for frames in (sought, skipped_to):
        assert [(one.number, one.time) for one in frames] == [
            (one.number, one.time) for one in decoded
        ]
        for ours, theirs in zip(frames, decoded, strict=True):
            np.testing.assert_array_equal(ours.image, theirs.image)
