"""One capture becomes crops and a record, whatever is wrong with it."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from anomaly_fas.data.faces.face import Face
from anomaly_fas.data.faces.face_crop import Square
from anomaly_fas.data.preparation.capture import Capture
from anomaly_fas.data.preparation.cutting import Cutter, detect
from anomaly_fas.errors import DataError
from tests.data.media.encoding import encode, number_of, numbered

FACE = Face((8.0, 8.0, 40.0, 40.0), None, 0.75)


class Finds:
    """Finds one face in the frames with these numbers."""

    def __init__(self, *numbers: int) -> None:
        self.numbers = numbers
        self.asked = 0

    def __call__(self, image: np.ndarray) -> list[Face]:
        self.asked += 1
        return [FACE] if number_of(image) in self.numbers else []

    def describe(self) -> dict[str, str | float | int]:
        return {}


def cut(path: Path | None, detector: Finds, face: Face | None = None):  # type: ignore[no-untyped-def]
    capture = Capture("s", "d", path, "below/root.mp4", "gone" if path is None else "", face)
    return Cutter(4, detector, Square(16, 0.0))(capture)


@pytest.fixture
def video(tmp_path: Path) -> Path:
    encode(tmp_path / "v.mp4", numbered(40))
    return tmp_path / "v.mp4"


def test_a_record_tells_where_each_crop_comes_from(video: Path) -> None:
    record, crops = cut(video, Finds(5, 15, 25, 35))
    assert (record.outcome, record.reason, record.source) == ("ok", "", "below/root.mp4")
    assert record.sha256 == hashlib.sha256(video.read_bytes()).hexdigest()
    assert record.size == video.stat().st_size
    assert [crop.number for crop in record.crops] == [5, 15, 25, 35]
    assert [crop.time for crop in record.crops] == [0.2, 0.6, 1.0, 1.4]
    assert {(crop.box, crop.landmarks, crop.score) for crop in record.crops} == {
        (FACE.box, None, 0.75)
    }
    assert crops.shape == (4, 16, 16, 3)
    assert np.abs(crops[0, :8].reshape(-1, 3).mean(axis=0) - (200, 30, 30)).max() < 12


def test_frames_without_the_face_are_left_out_and_counted(video: Path) -> None:
    record, crops = cut(video, Finds(5, 35))
    assert record.outcome == "ok"
    assert record.reason == "no face in 2 of 4 frame(s)"
    assert [crop.number for crop in record.crops] == [5, 35]
    assert len(crops) == 2


def test_no_face_is_never_the_whole_frame(video: Path) -> None:
    record, crops = cut(video, Finds())
    assert (record.outcome, record.reason) == ("no_face", "no face in 4 of 4 frame(s)")
    assert crops.shape == (0, 16, 16, 3)
    assert record.crops == ()
    assert record.sha256


def test_a_face_that_is_given_is_not_looked_for(video: Path) -> None:
    detector = Finds()
    given = Face((0.0, 0.0, 64.0, 64.0), None, 1.0)
    record, crops = cut(video, detector, given)
    assert (detector.asked, len(crops), record.outcome) == (0, 4, "ok")
    assert record.given != ""


def test_a_face_that_cannot_be_cut_out_is_told(video: Path) -> None:
    record, crops = cut(video, Finds(), Face((500.0, 500.0, 600.0, 600.0), None, 1.0))
    assert record.outcome == "no_face"
    assert "outside the image" in record.reason
    assert len(crops) == 0


def test_what_is_missing_or_unreadable_has_a_record_too(
    tmp_path: Path, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (cut(None, Finds())[0].outcome, cut(None, Finds())[0].reason) == ("missing", "gone")
    (tmp_path / "empty.mp4").touch()
    record, _ = cut(tmp_path / "empty.mp4", Finds())
    assert (record.outcome, record.reason, record.size) == ("unreadable", "an empty file", 0)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    record, _ = cut(video, Finds())
    assert (record.outcome, record.reason) == ("unreadable", "Permission denied")
    assert record.size == video.stat().st_size  # else it would be tried again each time


def test_a_fault_of_the_program_is_not_taken_for_one_of_the_data(video: Path) -> None:
    class Broken(Finds):
        def __call__(self, image: np.ndarray) -> list[Face]:
            raise DataError("the detector's own fault")

    with pytest.raises(DataError, match="own fault"):
        cut(video, Broken())


class CornerDetector:
    """Finds a face at the bright corner, the surer the nearer it is to the upper left."""

    def __call__(self, image: np.ndarray) -> list[Face]:
        rows, columns = np.nonzero(image[:, :, 0] > 200)
        if not len(rows):
            return []
        box = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
        far = box[0] / image.shape[1] + box[1] / image.shape[0]
        return [Face(tuple(map(float, box)), None, 0.9 - 0.3 * far)]  # type: ignore[arg-type]

    def describe(self) -> dict[str, str | float | int]:
        return {}


def frame(*, lit: bool = True) -> np.ndarray:
    image = np.zeros((40, 60, 3), dtype=np.uint8)
    image[4:14, 6:16] = 255 if lit else 0
    return image


@pytest.mark.parametrize("lies", [0, 90, 180, 270])
def test_frames_are_turned_to_where_the_detector_is_surest(lies: int) -> None:
    images = [np.rot90(frame(), lies // 90).copy() for _ in range(3)]
    found = detect(images, CornerDetector(), (0, 90, 180, 270))
    assert found.turned == -lies % 360
    for image in found.images:
        np.testing.assert_array_equal(image, frame())
    assert [face and face.box for face in found.faces] == [(6.0, 4.0, 16.0, 14.0)] * 3


def test_only_the_turns_that_are_named_are_tried() -> None:
    images = [np.rot90(frame(), 1).copy()]
    assert detect(images, CornerDetector()).turned == 0
    assert detect(images, CornerDetector(), (0, 180)).turned in {0, 180}


def test_frames_without_a_face_have_none() -> None:
    found = detect([frame(), frame(lit=False), frame()], CornerDetector(), (0, 90))
    assert [face is None for face in found.faces] == [False, True, False]
    assert found.turned == 0
    nobody = detect([frame(lit=False)], CornerDetector(), (0, 90))
    assert (nobody.turned, nobody.faces, nobody.score) == (0, [None], 0)
