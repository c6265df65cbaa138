"""What a file is, its content tells; what cannot be read says why."""

import math
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from anomaly_fas.data.media import reading
from anomaly_fas.data.media.reading import read_clip
from anomaly_fas.errors import DataError
from tests.data.media.encoding import encode, numbered, write_3dmad
from tests.nonempty import nonempty


@pytest.mark.parametrize("name", ["a.jpg", "a.hdf5", "noname", "a b ü.txt"])
def test_a_wrong_suffix_deceives_nobody(tmp_path: Path, name: str) -> None:
    encode(tmp_path / "v.mp4", numbered(5), "mpeg4")
    (tmp_path / "v.mp4").rename(tmp_path / name)
    assert len(read_clip(tmp_path / name, 3).frames) == 3


def test_an_hdf5_file_may_be_called_a_video(tmp_path: Path) -> None:
    write_3dmad(tmp_path / "a.avi", numbered(4))
    assert len(read_clip(tmp_path / "a.avi", 2).frames) == 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "an empty file"),
        (b"just some text", "neither a video, an HDF5 file nor an image"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "a.bin"),
        (b"\0\0\0\x18ftypisom" + b"\0" * 80, "a.bin"),
        (b"\xff\xd8\xff\xe0 no more", "damaged image"),
        (b"\x89HDF\r\n\x1a\n" + b"\xff" * 200, "a.bin"),
        (b"\x1a\x45\xdf\xa3" + b"\0" * 99, "a.bin"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "a.bin").write_bytes(content)
    with pytest.raises(DataError, match=reason):
        read_clip(tmp_path / "a.bin", 3)


def test_a_file_that_is_not_there_or_not_ours_to_read(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No such file"):
        read_clip(tmp_path / "absent.mp4", 3)
    (tmp_path / "a.mp4").write_bytes(b"x")
    (tmp_path / "a.mp4").chmod(0)
    if os.geteuid() != 0:  # root may read everything
        with pytest.raises(DataError, match="Permission denied"):
            read_clip(tmp_path / "a.mp4", 3)


def test_images_out_of_bounds(tmp_path: Path) -> None:
    Image.new("1", (20_000, 20_000)).save(tmp_path / "large.png")
    Image.new("RGB", (1, 1)).save(tmp_path / "dot.png")
    with pytest.raises(DataError, match="more than 64 megapixels"):
        read_clip(tmp_path / "large.png", 1)
    with pytest.raises(DataError, match="too small"):
        read_clip(tmp_path / "dot.png", 1)


def test_a_fault_of_a_decoder_is_a_fault_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("inside the decoder")

    monkeypatch.setattr(reading, "read_video", fail)
    encode(tmp_path / "v.mp4", numbered(2), "mpeg4")
    with pytest.raises(DataError, match=r"v\.mp4: cannot be read \(RuntimeError: inside"):
        read_clip(tmp_path / "v.mp4", 1)


HEADS = [
    *(b"RIFF\x24\0\0\0AVI ", b"\0\0\0\x08ftyp", b"\0\0\0\x08moov", b"\x1a\x45\xdf\xa3"),
    *(b"\0\0\x01\xba", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"),
    *(b"BM", b"P6", b"II*\0", b"\x89HDF\r\n\x1a\n", b""),
]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(head=st.sampled_from(HEADS), tail=st.binary(max_size=300))
def test_any_bytes_end_as_an_error(tmp_path: Path, head: bytes, tail: bytes) -> None:
    (tmp_path / "a").write_bytes(head + tail)
    with pytest.raises(DataError, match=str(tmp_path / "a")):
        read_clip(tmp_path / "a", 2)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.avi")
    with pytest.raises(DataError, match=r"a\.avi: neither a file nor a folder"):
        read_clip(tmp_path / "a.avi", 1)
    (tmp_path / "frames").mkdir()
    os.mkfifo(tmp_path / "frames" / "0.png")
    with pytest.raises(DataError, match="a folder without images"):
        read_clip(tmp_path / "frames", 1)


def grey(path: Path, value: int, size: tuple[int, int] = (32, 24)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (value,) * 3).save(path)


def values(path: Path, count: int) -> list[int]:
    return [int(frame.image[0, 0, 0]) for frame in read_clip(path, count).frames]


def test_a_still_is_a_clip_of_one_frame(tmp_path: Path) -> None:
    grey(tmp_path / "a.png", 77)
    (frame,) = read_clip(tmp_path / "a.png", 10).frames
    assert (frame.number, frame.time, frame.image.shape) == (0, 0.0, (24, 32, 3))
    assert (frame.image == 77).all()


@pytest.mark.parametrize("suffix", ["jpg", "png", "bmp", "webp", "tif", "ppm", "pgm"])
def test_every_kind_of_image_is_known_by_its_content(tmp_path: Path, suffix: str) -> None:
    Image.new(
        "L" if suffix == "pgm" else "RGB", (32, 32), 90 if suffix == "pgm" else (90,) * 3
    ).save(tmp_path / f"a.{suffix}")
    (tmp_path / f"a.{suffix}").rename(tmp_path / "a.avi")
    assert values(tmp_path / "a.avi", 3) == pytest.approx([90], abs=2)


def test_a_turned_photograph_stands_upright(tmp_path: Path) -> None:
    image = np.zeros((40, 60, 3), dtype=np.uint8)
    image[:20] = 200  # bright above, as the camera lay
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise by 90 degrees
    Image.fromarray(image).save(tmp_path / "a.jpg", exif=exif, quality=95)
    upright = read_clip(tmp_path / "a.jpg", 1).frames[0].image
    assert upright.shape == (60, 40, 3)
    assert upright[:, 30:].mean() > 180
    assert upright[:, :10].mean() < 20


def test_frames_are_ordered_as_people_count(tmp_path: Path) -> None:
    for number in (1, 2, 9, 10, 11, 100):
        grey(tmp_path / "f" / f"frame {number}.png", number)
    (tmp_path / "f" / "notes.txt").write_text("not a frame")
    assert values(tmp_path / "f", 10) == [1, 2, 9, 10, 11, 100]
    assert values(tmp_path / "f", 2) == [2, 11]
    assert all(math.isnan(frame.time) for frame in nonempty(read_clip(tmp_path / "f", 2).frames))


def test_a_damaged_frame_gives_way_to_the_next(tmp_path: Path) -> None:
    for number in range(6):
        grey(tmp_path / "f" / f"{number}.png", number)
    (tmp_path / "f" / "1.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    clip = read_clip(tmp_path / "f", 2)
    assert [frame.number for frame in clip.frames] == [2, 4]
    assert "1 image(s) cannot be read" in clip.fault
    assert "1.png" in clip.fault


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    grey(tmp_path / "secret.png", 1)
    grey(tmp_path / "f" / "0.png", 2)
    (tmp_path / "f" / "1.png").symlink_to(tmp_path / "secret.png")
    clip = read_clip(tmp_path / "f", 5)
    assert [int(frame.image[0, 0, 0]) for frame in clip.frames] == [2]
    assert clip.fault == "1 link(s) not followed"


@pytest.mark.parametrize("content", [{}, {"a.txt": b"x"}, {"0.png": b""}, {"0.png": b"text"}])
def test_a_folder_without_a_readable_image_is_an_error(
    tmp_path: Path, content: dict[str, bytes]
) -> None:
    (tmp_path / "f").mkdir()
    for name, body in content.items():
        (tmp_path / "f" / name).write_bytes(body)
    with pytest.raises(DataError, match=r"f: (a folder without images|no image can be read)"):
        read_clip(tmp_path / "f", 3)
