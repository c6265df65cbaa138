import colorsys

import numpy as np
import pytest

from anomaly_fas.baselines.colour_texture import ColourTexture, colour_channels, pattern_histogram
from tests.nonempty import nonempty


def picture(seed: int, rows: int = 9, columns: int = 11) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (rows, columns, 3), dtype=np.uint8)


def between(channel: np.ndarray, row: float, column: float) -> float:
    """The value between pixels, by two interpolations along rows and one across."""
    top, left = int(np.floor(row)), int(np.floor(column))
    down, right = row - top, column - left
    values = channel.astype(float)
    bottom, far = min(top + 1, len(values) - 1), min(left + 1, values.shape[1] - 1)
    upper = (1 - right) * values[top, left] + right * values[top, far]
    lower = (1 - right) * values[bottom, left] + right * values[bottom, far]
    return float((1 - down) * upper + down * lower)


def naive_histogram(channel: np.ndarray) -> list[float]:
    """Shares of patterns, sorted: the bins' order says nothing. The rest of the bins are empty."""
    counts: dict[tuple[bool, ...] | str, int] = {}
    rows, columns = channel.shape
    for row in range(1, rows - 1):
        for column in range(1, columns - 1):
            pattern = []
            for number in range(8):
                angle = 2 * np.pi * number / 8
                y, x = round(-np.sin(angle), 5), round(np.cos(angle), 5)
                neighbour = between(channel, row + y, column + x)
                pattern.append(bool(neighbour - float(channel[row, column]) > -1e-9))
            changes = sum(pattern[i] != pattern[i - 1] for i in range(8))
            key = tuple(pattern) if changes <= 2 else "others"
            counts[key] = counts.get(key, 0) + 1
    pixels = (rows - 2) * (columns - 2)
    return sorted(count / pixels for count in counts.values())


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("levels", [256, 4])  # few levels make ties
def test_a_histogram_is_that_of_a_loop_over_pixels_and_neighbours(seed: int, levels: int) -> None:
    channel = picture(seed)[..., 0] // (256 // levels)
    histogram = pattern_histogram(channel)
    assert histogram.shape == (59,)
    np.testing.assert_allclose(sorted(histogram[histogram > 0]), naive_histogram(channel))


def test_patterns_with_more_than_two_changes_share_the_last_bin() -> None:
    channel = np.zeros((3, 3), dtype=np.uint8)
    channel[1, 1], channel[0, 1], channel[2, 1] = 100, 200, 200  # above and below only
    assert pattern_histogram(channel)[58] == 1


@pytest.mark.parametrize("value", [0, 7, 100, 255])
def test_a_flat_channel_has_one_pattern(value: int) -> None:
    histogram = pattern_histogram(np.full((8, 8), value, dtype=np.uint8))
    assert sorted(histogram)[-1] == 1
    assert histogram.sum() == 1


def test_a_lone_bright_pixel_gives_nine_patterns() -> None:
    channel = np.full((7, 7), 10, dtype=np.uint8)
    channel[3, 3] = 250
    histogram = pattern_histogram(channel)
    # The pixel is above its neighbours; to those it is one of eight neighbours that reach the
    # centre as the others do, so theirs is the flat pattern.
    assert sorted(histogram[histogram > 0]) == pytest.approx([1 / 25, 24 / 25])


@pytest.mark.parametrize("colour", [(255, 0, 0), (10, 200, 30), (180, 120, 100), (90, 90, 90)])
def test_channels_are_those_of_the_colour_spaces(colour: tuple[int, int, int]) -> None:
    image = np.full((4, 4, 3), colour, dtype=np.uint8)
    found = [int(channel[0, 0]) for channel in colour_channels(image)]
    red, green, blue = (value / 255 for value in colour)
    hsv = [255 * value for value in colorsys.rgb_to_hsv(red, green, blue)]
    luma = 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]
    chroma = [128 + 0.564 * (colour[2] - luma), 128 + 0.713 * (colour[0] - luma)]
    np.testing.assert_allclose(found, np.clip([*hsv, luma, *chroma], 0, 255), atol=2)


def test_a_vector_holds_the_histogram_of_each_channel_in_turn() -> None:
    image = picture(0)
    features = ColourTexture()
    vector = features(image)
    assert vector.shape == (features.dim,) == (354,)
    for number, channel in nonempty(enumerate(colour_channels(image))):
        own = vector[59 * number : 59 * (number + 1)]
        np.testing.assert_array_equal(own, pattern_histogram(channel))
        assert own.sum() == pytest.approx(1)
