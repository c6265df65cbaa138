"""Crops aligned by landmarks: against hand-made cases and scikit-image's estimate."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skimage.transform import SimilarityTransform

from anomaly_fas.data.faces.face import Face
from anomaly_fas.data.faces.five_point import FivePoint, similarity
from anomaly_fas.errors import DataError

TEMPLATE = np.array(
    [
        [38.2946, 51.6963],
        [73.5318, 51.5014],
        [56.0252, 71.7366],
        [41.5493, 92.3655],
        [70.7299, 92.2041],
    ]
)


def face(points: np.ndarray) -> Face:
    landmarks = tuple((float(x), float(y)) for x, y in points)
    return Face((0.0, 0.0, 1.0, 1.0), landmarks, 1.0)


def test_a_hand_made_case() -> None:
    # The square's corners turned by a quarter, doubled and moved by (10, 20).
    scale, shift = similarity(
        np.array([0, 1, 1 + 1j, 1j]), np.array([10, 10 + 2j, 8 + 2j, 8]) + 20j
    )
    assert scale == pytest.approx(2j)
    assert shift == pytest.approx(10 + 20j)


@given(arrays(float, (5, 2), elements=st.floats(-500, 500)))
@settings(max_examples=100, deadline=None)
def test_it_is_umeyamas_similarity(points: np.ndarray) -> None:
    centred = points - points.mean(axis=0)
    target = TEMPLATE - TEMPLATE.mean(axis=0)
    cross = target.T @ centred
    # Umeyama's rotation is not unique where a mirror image fits as well.
    assume(np.linalg.svd(centred)[1][-1] >= 1 and abs(np.linalg.det(cross)) >= 1)
    scale, shift = similarity(points @ [1, 1j], TEMPLATE @ [1, 1j])
    residual = np.abs(scale * (points @ [1, 1j]) + shift - TEMPLATE @ [1, 1j])
    estimate = SimilarityTransform.from_estimate(points, TEMPLATE)
    theirs = np.linalg.norm(estimate(points) - TEMPLATE, axis=1)
    assert np.sum(residual**2) == pytest.approx(np.sum(theirs**2), rel=1e-6, abs=1e-6)
    assert scale == pytest.approx(complex(estimate.params[0, 0], estimate.params[1, 0]), abs=1e-9)


def test_the_template_itself_is_the_template() -> None:
    image = np.random.default_rng(0).integers(0, 256, (112, 112, 3)).astype(np.uint8)
    assert np.array_equal(FivePoint(112, 0)(image, face(TEMPLATE)), image)


def test_the_margin_widens_the_view_around_its_centre() -> None:
    image = np.random.default_rng(0).integers(0, 256, (200, 200, 3)).astype(np.uint8)
    crop = FivePoint(168, 0.5)(image, face(TEMPLATE + 40))
    assert np.array_equal(crop, image[12:180, 12:180])


@pytest.mark.parametrize("angle", [0, 30, 120, -75])
@pytest.mark.parametrize("zoom", [0.5, 1.7, 6.0])
def test_landmarks_land_on_the_template(angle: float, zoom: float) -> None:
    size, margin = 128, 0.25
    turned = TEMPLATE @ [1, 1j] * zoom * np.exp(1j * np.radians(angle))
    turned += 400 - turned.real.min() + (400 - turned.imag.min()) * 1j
    points = np.stack([turned.real, turned.imag], axis=1)
    view = FivePoint(size, margin).view(face(points))
    seen = (turned - view.corner) / view.edge
    expected = (TEMPLATE @ [1, 1j] - (56 + 56j)) / (112 * 1.25) + 0.5 + 0.5j
    assert np.allclose(seen, expected, atol=1e-9)


def test_faces_that_cannot_be_aligned() -> None:
    image = np.zeros((100, 100, 3), np.uint8)
    with pytest.raises(DataError, match="use face_crop=square"):
        FivePoint(112, 0)(image, Face((10.0, 10.0, 50.0, 50.0), None, 1.0))
    with pytest.raises(DataError, match="landmarks tell no place and size"):
        FivePoint(112, 0)(image, face(np.full((5, 2), 30.0)))
    assert FivePoint(112, 0.3).describe() == {"name": "five_point", "size": 112, "margin": 0.3}
