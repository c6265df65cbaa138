"""Upright squares around boxes."""

import numpy as np
import pytest

from anomaly_fas.data.faces.face import Face
from anomaly_fas.data.faces.face_crop import Square
from anomaly_fas.errors import ConfigError, DataError

NOISE = np.random.default_rng(0).integers(0, 256, (120, 160, 3)).astype(np.uint8)


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
