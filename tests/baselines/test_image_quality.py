import cv2
import numpy as np
import pytest

from anomaly_fas.baselines.blurriness import edge_width, lost_by_blurring
from anomaly_fas.baselines.colours import chromatic_moments, colour_diversity
from anomaly_fas.baselines.image_quality import ImageQuality
from anomaly_fas.baselines.specularity import specular_component, specular_features


def test_a_vector_holds_reflections_blurriness_moments_and_colours_in_turn() -> None:
    image = np.random.default_rng(0).integers(0, 256, (24, 24, 3), dtype=np.uint8)
    features = ImageQuality()
    vector = features(image)
    assert vector.shape == (features.dim,) == (121,)
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    np.testing.assert_array_equal(vector[:3], specular_features(specular_component(image)))
    np.testing.assert_array_equal(vector[3:5], [lost_by_blurring(grey), edge_width(grey)])
    np.testing.assert_array_equal(vector[5:20], chromatic_moments(image))
    np.testing.assert_array_equal(vector[20:], colour_diversity(image))


@pytest.mark.parametrize("value", [0, 128, 255])
def test_flat_images_have_finite_measures(value: int) -> None:
    assert np.isfinite(ImageQuality()(np.full((32, 32, 3), value, dtype=np.uint8))).all()
