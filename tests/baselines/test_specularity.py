import numpy as np
import pytest

from anomaly_fas.baselines.specularity import specular_component, specular_features

SKIN = np.array([200, 140, 110])


def test_what_was_added_to_a_matt_face_is_found() -> None:
    shading = np.linspace(0.4, 0.9, 400).reshape(20, 20, 1)
    matt = shading * SKIN
    added = np.zeros((20, 20))
    added[5:9, 5:9] = 60  # a white reflection on 16 pixels
    image = np.round(matt + added[..., None]).astype(np.uint8)
    component = specular_component(image)
    np.testing.assert_allclose(component, added / 255, atol=0.02)
    share, mean, deviation = specular_features(np.where(component > 0.1, component, 0))
    assert share == 0  # all of it is brighter than four times the mean: a white thing
    assert mean == deviation == 0


def test_a_grey_image_is_all_light() -> None:
    image = np.full((4, 4, 3), 51, dtype=np.uint8)
    np.testing.assert_allclose(specular_component(image), 0.2)


def test_a_matt_image_has_none() -> None:
    image = np.full((6, 6, 3), SKIN, dtype=np.uint8)
    np.testing.assert_allclose(specular_component(image), 0, atol=1e-12)


def test_specular_pixels_lie_between_one_and_a_half_and_four_times_the_mean() -> None:
    component = np.array([[0.0, 0.0, 0.0, 0.0, 0.1, 0.2, 0.2, 0.3, 0.0, 0.9]])
    # The mean is 0.17: from 0.255 to 0.68 lies 0.3 alone.
    np.testing.assert_allclose(specular_features(component), [0.1, 0.3, 0.0], atol=1e-12)
    white = np.array([[0.2, 0.9, *np.zeros(8)]])
    # The mean is 0.11: from 0.165 to 0.44.
    np.testing.assert_allclose(specular_features(white), [0.1, 0.2, 0.0], atol=1e-12)
    two = np.array([[0.0, 0.0, 0.0, 0.2, 0.3, 0.0]])
    np.testing.assert_allclose(specular_features(two), [2 / 6, 0.25, 0.05], atol=1e-12)


@pytest.mark.parametrize("value", [0.0, 0.5])
def test_no_specular_pixels_are_zeros(value: float) -> None:
    np.testing.assert_array_equal(specular_features(np.full((3, 3), value)), np.zeros(3))
