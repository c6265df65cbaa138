"""What a file is, its content tells; what cannot be read says why."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from anomaly_fas.data.media import reading
from anomaly_fas.data.media.reading import read_clip
from anomaly_fas.errors import DataError
from tests.data.media.encoding import encode, numbered, write_3dmad


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
