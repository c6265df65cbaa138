"""The face of a capture, upright or not."""

import numpy as np
import pytest

from anomaly_fas.data.faces.face import Face
from anomaly_fas.data.preparation.sighting import detect


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
