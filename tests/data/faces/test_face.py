"""Faces as a manifest gives them."""

import pytest

from anomaly_fas.data.faces.face import Face, face_from_text
from anomaly_fas.errors import DataError

POINTS = "1 2 3 4 5 6 7 8 9 10.5"


def test_spaces_and_commas_separate_numbers() -> None:
    points = ((1.0, 2.0), (3.0, 4.0), (5.0, 6.0), (7.0, 8.0), (9.0, 10.5))
    face = Face((-1.5, 2.0, 30.0, 40.0), points, 1.0)
    assert face_from_text("-1.5 2 30 40", POINTS) == face
    assert face_from_text(" -1.5,2, 30 ,4e1", POINTS.replace(" ", ", ")) == face
    assert face_from_text("0 0 1 1", " ") == Face((0.0, 0.0, 1.0, 1.0), None, 1.0)


def test_empty_cells_are_no_face() -> None:
    assert face_from_text("", "") is None
    assert face_from_text("  ", "\t") is None


@pytest.mark.parametrize(
    ("box", "landmarks", "message"),
    [
        ("1 2 3", "", r"box='1 2 3' has 3 values: 4 numbers are needed, `left top right bottom`"),
        ("1 2 3 4 5", "", "has 5 values"),
        ("1 2 x 4", "", "box='1 2 x 4' is not all numbers"),
        ("1 2 nan 4", "", "not finite"),
        ("1 2 inf 4", "", "not finite"),
        ("1 2 1e999 4", "", "not finite"),
        ("3 2 3 4", "", "no width or no height"),
        ("1 4 3 2", "", "no width or no height"),
        ("1 2 3 4", "1 2 3 4", r"landmarks='1 2 3 4' has 4 values: 10 numbers"),
        ("1 2 3 4", POINTS.replace("10.5", "-inf"), "not finite"),
        ("", POINTS, "without a box"),
    ],
)
def test_faults_say_what_is_expected(box: str, landmarks: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        face_from_text(box, landmarks)
