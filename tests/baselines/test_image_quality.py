import colorsys

import cv2
import numpy as np
import pytest
from scipy.stats import skew

from anomaly_fas.baselines.image_quality import (
    ImageQuality,
    chromatic_moments,
    colour_diversity,
    edge_width,
    lost_by_blurring,
    specular_component,
    specular_features,
)


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


def ramp(width: int, rows: int = 12, columns: int = 60) -> np.ndarray:
    """Dark on the left, bright on the right, and so many steps between them."""
    place = np.clip(np.arange(columns) - 25, 0, width)
    return np.tile((20 + place * (200 // width)).astype(np.uint8), (rows, 1))


@pytest.mark.parametrize("width", [1, 2, 4, 5, 10])
def test_an_edges_width_is_the_way_from_dark_to_bright(width: int) -> None:
    assert edge_width(ramp(width)) == width
    assert edge_width(255 - ramp(width)) == width
    assert edge_width(ramp(width)[:, ::-1]) == width


def naive_width(grey: np.ndarray, row: int, column: int) -> int:
    values = grey[row].astype(int)
    sign = np.sign(values[column + 1] - values[column - 1])
    left = right = column
    while left > 0 and np.sign(values[left] - values[left - 1]) == sign:
        left -= 1
    while right + 1 < len(values) and np.sign(values[right + 1] - values[right]) == sign:
        right += 1
    return right - left


@pytest.mark.parametrize("seed", range(3))
def test_the_mean_width_is_that_of_a_loop_over_edges(seed: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (30, 40)).astype(np.uint8)
    grey = cv2.GaussianBlur(noise, (7, 7), 2)
    kernel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    padded = np.pad(grey.astype(float), 1, mode="reflect")
    strength = np.array(
        [[abs((padded[r : r + 3, c : c + 3] * kernel).sum()) for c in range(40)] for r in range(30)]
    )
    cutoff = 4 * (strength**2).mean()
    widths = []
    for row in range(30):
        for column in range(1, 39):
            before, here, after = strength[row, column - 1 : column + 2]
            falls = int(grey[row, column + 1]) != int(grey[row, column - 1])
            if here >= before and here > after and here**2 > cutoff and falls:
                # The longer side where a turn lies within the edge.
                widths.append(naive_width(grey, row, column))
    assert len(widths) > 10
    found = edge_width(grey)
    assert found == pytest.approx(np.mean(widths), rel=0.05)


def test_blur_widens_edges_and_leaves_less_to_lose() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64)).astype(np.uint8)
    images = [cv2.GaussianBlur(noise, (0, 0), sigma) for sigma in (0.6, 1.2, 2.4, 4.8)]
    widths, lost = [edge_width(i) for i in images], [lost_by_blurring(i) for i in images]
    assert widths == sorted(widths)
    assert widths[-1] > 2 * widths[0]
    assert lost == sorted(lost)
    assert 0 < lost[0] < 0.4 < lost[-1] < 1


def test_a_flat_image_has_no_edges_and_nothing_to_lose() -> None:
    flat = np.full((16, 16), 90, dtype=np.uint8)
    assert edge_width(flat) == 0
    assert lost_by_blurring(flat) == 1


def test_moments_of_an_image_of_one_colour() -> None:
    image = np.full((5, 5, 3), (255, 51, 51), dtype=np.uint8)  # hue 0, saturation 0.8, value 1
    expected = [0.5, 0, 0, 0, 0, 0.8, 0, 0, 0, 0, 1, 0, 0, 0, 1]
    np.testing.assert_allclose(chromatic_moments(image), expected, atol=1e-6)


def test_reds_on_both_sides_of_hue_zero_lie_together() -> None:
    image = np.zeros((1, 2, 3), dtype=np.uint8)
    image[0, 0], image[0, 1] = (255, 17, 0), (255, 0, 17)  # hues 4 and 356 degrees
    mean, deviation = chromatic_moments(image)[:2]
    assert mean == pytest.approx(0.5, abs=1e-6)
    assert deviation == pytest.approx(4 / 360, abs=1e-6)


def test_moments_are_those_of_each_channel() -> None:
    image = np.random.default_rng(0).integers(0, 256, (12, 10, 3), dtype=np.uint8)
    pixels = [colorsys.rgb_to_hsv(*(p / 255)) for p in image.reshape(-1, 3).astype(float)]
    channels = np.array(pixels).T
    channels[0] = (channels[0] + 0.5) % 1
    expected = [
        value
        for c in channels
        for value in (c.mean(), c.std(), skew(c), (c < 0.1).mean(), (c >= 0.9).mean())
    ]
    np.testing.assert_allclose(chromatic_moments(image), expected, atol=1e-5)


def test_colours_are_counted_by_their_shares() -> None:
    image = np.zeros((10, 10, 3), dtype=np.uint8)
    image[:3] = (80, 0, 0)
    image[3, :5] = (0, 200, 0)
    image[3, 5] = (0, 207, 3)  # of the same 32 levels as the one before
    diversity = colour_diversity(image)
    assert diversity.shape == (101,)
    np.testing.assert_allclose(diversity[:4], [0.64, 0.30, 0.06, 0])
    assert diversity[100] == 3


def test_rare_colours_beyond_99_percent_are_not_counted() -> None:
    image = np.zeros((25, 25, 3), dtype=np.uint8)
    rare = [(red, green, blue) for red in (0, 255) for green in (0, 255) for blue in (60, 255)]
    image[0, :4] = rare[:4]  # 0.16 % each
    assert colour_diversity(image)[100] == 1
    image[0, 4:8] = rare[4:]  # 98.72 % are black, with two others 99.04 %
    assert colour_diversity(image)[100] == 3


def test_of_more_than_a_hundred_colours_the_most_frequent_ones_count() -> None:
    image = np.random.default_rng(1).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    colours, counts = np.unique((image // 8).reshape(-1, 3), axis=0, return_counts=True)
    assert len(colours) > 1000
    np.testing.assert_allclose(colour_diversity(image)[:100], np.sort(counts)[::-1][:100] / 1600)
