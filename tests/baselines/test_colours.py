import colorsys

import numpy as np
import pytest
from scipy.stats import skew

from anomaly_fas.baselines.colours import chromatic_moments, colour_diversity


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
