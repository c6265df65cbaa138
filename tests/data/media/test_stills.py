"""Still images and folders of frames."""

import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from anomaly_fas.data.media.reading import read_clip
from anomaly_fas.errors import DataError
from tests.nonempty import nonempty


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
