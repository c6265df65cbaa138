"""Reading image files that are damaged, huge, tiny or turned."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from anomaly_fas.data.images import frame_files, read_image
from anomaly_fas.errors import DataError


def picture(size: tuple[int, int] = (40, 30)) -> Image.Image:
    rng = np.random.default_rng(0)
    return Image.fromarray(rng.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8))


@pytest.mark.parametrize("suffix", ["png", "bmp", "tif", "ppm"])
def test_lossless_formats_come_back_as_they_were(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    picture().save(path)
    np.testing.assert_array_equal(read_image(path), np.asarray(picture()))


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "1", "CMYK"])
def test_every_mode_becomes_rgb(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "a.tif"
    picture().convert(mode).save(path)
    image = read_image(path)
    assert image.shape == (30, 40, 3)
    assert image.dtype == np.uint8


def test_exif_orientation_is_honoured(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise by a quarter
    path = tmp_path / "a.png"
    picture().save(path, exif=exif)
    np.testing.assert_array_equal(read_image(path), np.rot90(np.asarray(picture()), -1))


def test_bad_files_are_named(tmp_path: Path) -> None:
    whole = tmp_path / "whole.jpg"
    picture((200, 200)).save(whole)
    cases = {"absent.png": "no such file"}
    for name, content, reason in (
        ("empty.png", b"", "not an image"),
        ("text.jpg", b"hello", "not an image"),
        ("cut.jpg", whole.read_bytes()[:2000], "damaged image"),
    ):
        (tmp_path / name).write_bytes(content)
        cases[name] = reason
    picture((15, 100)).save(tmp_path / "tiny.png")
    cases["tiny.png"] = "too small for a face"
    Image.new("1", (20000, 20000)).save(tmp_path / "huge.png")
    cases["huge.png"] = "64 megapixels"
    (tmp_path / "folder.png").mkdir()
    cases["folder.png"] = "damaged image"
    for name, reason in cases.items():
        with pytest.raises(DataError, match=f"{name}.*{reason}"):
            read_image(tmp_path / name)


def test_frames_of_a_folder_are_in_order(tmp_path: Path) -> None:
    for name in ("2.png", "10.PNG", "1.jpg", "notes.txt"):
        (tmp_path / name).touch()
    assert [file.name for file in frame_files(tmp_path)] == ["1.jpg", "10.PNG", "2.png"]
    assert frame_files(tmp_path / "2.png") == [tmp_path / "2.png"]
    (tmp_path / "none").mkdir()
    with pytest.raises(DataError, match="folder without images"):
        frame_files(tmp_path / "none")
