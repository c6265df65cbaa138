"""Upright squares around boxes, and views: against area averages, slices and numpy's padding."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_fas.data.faces.face import Face
from anomaly_fas.data.faces.face_crop import Square, View
from anomaly_fas.errors import ConfigError, DataError

NOISE = np.random.default_rng(0).integers(0, 256, (120, 160, 3)).astype(np.uint8)
VIEWED = np.random.default_rng(0).integers(0, 256, (60, 80, 3)).astype(np.uint8)


def test_the_longer_side_and_the_margin_make_the_square() -> None:
    # Centre (70, 50), longer side 40, with margin 60: 40 to 100 across, 20 to 80 down.
    face = Face((55.0, 30.0, 85.0, 70.0), None, 1.0)
    assert np.array_equal(Square(60, 0.5)(NOISE, face), NOISE[20:80, 40:100])
    wide = Face((50.0, 35.0, 90.0, 65.0), None, 1.0)
    assert np.array_equal(Square(60, 0.5)(NOISE, wide), NOISE[20:80, 40:100])
    assert np.array_equal(Square(40, 0)(NOISE, face), NOISE[30:70, 50:90])


def test_a_mirrored_image_gives_the_mirrored_crop() -> None:
    face = Face((13.25, 20.5, 51.75, 70.125), None, 1.0)
    mirrored = Face((160 - 51.75, 20.5, 160 - 13.25, 70.125), None, 1.0)
    crop, other = Square(112, 0.3)(NOISE, face), Square(112, 0.3)(NOISE[:, ::-1].copy(), mirrored)
    # Places are rounded to a thirty-second of a pixel, to one side.
    assert np.abs(crop.astype(int) - other[:, ::-1]).max() <= 255 / 16
    assert np.abs(crop.astype(int) - other[:, ::-1]).mean() < 3


def test_boxes_partly_and_wholly_outside() -> None:
    crop = Square(32, 0.3)(NOISE, Face((-90.0, -90.0, 5.0, 5.0), None, 1.0))
    assert crop.shape == (32, 32, 3)
    with pytest.raises(DataError, match="outside the image of 160 x 120 pixels"):
        Square(32, 0)(NOISE, Face((200.0, 0.0, 240.0, 40.0), None, 1.0))
    with pytest.raises(DataError, match="are its coordinates in pixels"):
        Square(32, 0)(NOISE, Face((-1e9, -1e9, 1e9, 1e9), None, 1.0))


def test_settings_out_of_range_are_refused_and_described() -> None:
    with pytest.raises(ConfigError, match=r"face_crop\.size=8"):
        Square(8, 0.3)
    with pytest.raises(ConfigError, match=r"face_crop\.margin=-0\.1"):
        Square(112, -0.1)
    with pytest.raises(ConfigError, match=r"face_crop\.margin=nan"):
        Square(112, float("nan"))
    assert Square(112, 0.3).describe() == {"name": "square", "size": 112, "margin": 0.3}


def test_a_view_of_whole_pixels_is_a_slice() -> None:
    assert np.array_equal(View(10 + 20j, 32)(VIEWED, 32), VIEWED[20:52, 10:42])


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_quarter_turns(quarters: int) -> None:
    # The upper left corner of the crop wanders round the square against the clock's hands.
    corner = [10 + 20j, 10 + 52j, 42 + 52j, 42 + 20j][quarters]
    edge = 32 * [1, -1j, -1, 1j][quarters]
    turned = np.rot90(VIEWED[20:52, 10:42], -quarters)
    assert np.array_equal(View(corner, edge)(VIEWED, 32), turned)


@given(
    left=st.integers(-130, 79),
    top=st.integers(-130, 59),
    side=st.integers(16, 200),
)
@settings(max_examples=60, deadline=None)
def test_outside_it_is_mirrored_as_numpy_mirrors(left: int, top: int, side: int) -> None:
    view = View(complex(left, top), side)
    if left + side <= 0 or top + side <= 0:
        with pytest.raises(DataError, match="outside the image"):
            view(VIEWED, side)
        return
    padded = np.pad(VIEWED, ((330, 330), (330, 330), (0, 0)), mode="reflect")
    rows, columns = slice(top + 330, top + 330 + side), slice(left + 330, left + 330 + side)
    assert np.array_equal(view(VIEWED, side), padded[rows, columns])


@pytest.mark.parametrize("times", [2, 7, 16])
def test_reduced_by_a_whole_factor_it_is_the_area_average(times: int) -> None:
    image = np.random.default_rng(1).integers(0, 256, (32 * times, 40 * times, 3)).astype(np.uint8)
    cells = image[:, : 32 * times].reshape(32, times, 32, times, 3)
    crop = View(0, 32 * times)(image, 32)
    assert np.abs(crop - cells.mean(axis=(1, 3))).max() <= 0.51


@pytest.mark.parametrize("angle", [0.0, 0.1, 0.7])
@pytest.mark.parametrize("side", [1000.0, 1234.5, 2000.0])
def test_a_fine_chequerboard_turns_grey(side: float, angle: float) -> None:
    board = np.indices((2160, 3840)).sum(axis=0) % 2 * 255
    image = np.repeat(board[:, :, None], 3, axis=2).astype(np.uint8)
    crop = View(1900 + 20j, side * np.exp(1j * angle))(image, 112)
    assert abs(crop.mean() - 127.5) < 1
    assert np.ptp(crop) < 30
    aliased = cv2.resize(image[20:1020, 1000:2000], (112, 112), interpolation=cv2.INTER_LINEAR)
    assert np.ptp(aliased) > 100


def test_places_are_kept_when_scaled_and_turned() -> None:
    # Grey that rises by 1 a column is read at any place, between pixels too: at x it is x - 0.5.
    # Of floats, so that rounding does not hide the place.
    image = np.tile(np.arange(200, dtype=np.float32)[None, :, None], (200, 1, 3))
    view = View(60 + 70j, 40 * np.exp(0.3j))
    for size in (20, 40, 90):
        places = (np.arange(size) + 0.5) / size
        expected = (view.corner + view.edge * (places[None, :] + 1j * places[:, None])).real - 0.5
        assert np.abs(view(image, size)[:, :, 0] - expected).max() < 0.05


def test_a_view_out_of_proportion_is_refused() -> None:
    with pytest.raises(DataError, match=r"641 pixels wide .* 100 x 80 pixels: are its coordinates"):
        View(0, 641)(np.zeros((80, 100, 3), np.uint8), 32)
    with pytest.raises(DataError, match="8001 pixels wide"):
        View(0, 8001)(np.zeros((1100, 1100, 3), np.uint8), 32)
    with pytest.raises(DataError, match="more than 32000"):
        View(0, 50)(np.zeros((16, 32_001, 3), np.uint8), 32)
    assert View(-280, 640)(np.zeros((80, 100, 3), np.uint8), 32).shape == (32, 32, 3)
