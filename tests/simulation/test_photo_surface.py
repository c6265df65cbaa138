"""A photograph as a surface: the way to the canonical grid and back."""

import numpy as np
import pytest

from anomaly_fas.simulation.grid import COLUMNS, ROWS, to_pixels
from anomaly_fas.simulation.photo_surface import Framing, frontal_picture, linear, seen, surface_of
from anomaly_fas.simulation.shading import Pose
from tests.simulation.faces import face

VIEW = Pose(roll=0.1, zoom=1.3, shift=(0.08, -0.05))


def test_linear_is_the_standards_curve() -> None:
    # IEC 61966-2-1: 0.5 of full light is encoded as 0.7354 of 255.
    assert linear(np.array([0, 255, 10, 188], np.uint8)) == pytest.approx(
        [0, 1, 10 / 255 / 12.92, 0.5], abs=0.004
    )


def test_reflectance_under_its_light_is_the_photograph() -> None:
    photo = surface_of(face(), VIEW)
    again = seen(photo.face.albedo * (photo.shade * photo.light)[..., None], VIEW, 112)
    inside = seen(np.ones((ROWS, COLUMNS), np.float32), VIEW, 112) > 0
    middle = np.s_[30:90, 30:90]
    assert inside[middle].all()
    wrong = np.abs(again - linear(face()))[middle]
    assert wrong.mean() < 0.01  # what two interpolations lose


def test_a_spot_on_the_grid_is_seen_where_the_view_says() -> None:
    x, y = 0.33, -0.15  # an eye
    spot = np.zeros((ROWS, COLUMNS), np.float32)
    column, row = (round(float(position)) for position in to_pixels(np.float32(x), np.float32(y)))
    spot[row - 2 : row + 3, column - 2 : column + 3] = 1
    crop = seen(spot, VIEW, 200)
    rows, columns = np.nonzero(crop > 0.5)
    turned_x = x * np.cos(0.1) - y * np.sin(0.1) + 0.08
    turned_y = x * np.sin(0.1) + y * np.cos(0.1) - 0.05
    assert columns.mean() == pytest.approx((turned_x / 1.3 + 1) * 100 - 0.5, abs=1)
    assert rows.mean() == pytest.approx((turned_y / 1.3 + 1) * 100 - 0.5, abs=1)


def test_a_frontal_picture_undoes_the_view() -> None:
    upright = Pose(zoom=1.3)
    lined_up = frontal_picture(face(), VIEW)
    expected = surface_of(face(), VIEW).face.albedo
    got = surface_of(lined_up.image, upright).face.albedo
    middle = np.s_[60:180, 50:150]
    assert np.corrcoef(expected[middle].ravel(), got[middle].ravel())[0, 1] > 0.97


def test_brightness_is_light_and_not_reflectance() -> None:
    dark = (face().astype(float) * 0.6).astype(np.uint8)
    bright, dim = (surface_of(image, VIEW) for image in (face(), dark))
    assert dim.light < 0.5 * bright.light
    assert dim.face.albedo.mean() == pytest.approx(bright.face.albedo.mean(), rel=0.15)


def test_guesses_lie_around_the_framing() -> None:
    framing = Framing(zoom=1.4, x=0.1, y=0.2)
    views = [framing.view(np.random.default_rng(seed)) for seed in range(300)]
    assert np.mean([view.zoom for view in views]) == pytest.approx(1.4, abs=0.02)
    assert np.mean([view.shift for view in views], axis=0) == pytest.approx([0.1, 0.2], abs=0.01)
    assert 0.01 < np.std([view.shift[0] for view in views]) < 0.06
