"""Units of a class: around its middle, valid each, and the same by the same seed."""

import numpy as np
import pytest

from anomaly_fas.simulation.camera import CAMERAS, capture
from anomaly_fas.simulation.camera_unit import unit
from anomaly_fas.types import Device


def units(device: Device, count: int = 400) -> list:
    rng = np.random.default_rng(0)
    return [unit(CAMERAS[device], rng) for _ in range(count)]


@pytest.mark.parametrize("device", list(CAMERAS))
def test_units_lie_around_the_class(device: Device) -> None:
    for name in ("photosites", "blur", "full_well", "read_noise"):
        drawn = np.array([getattr(each, name) for each in units(device)])
        middle = getattr(CAMERAS[device], name)
        assert drawn.min() < 0.9 * middle < middle < 1.1 * middle + 2 < drawn.max() + 2
        assert np.median(drawn) == pytest.approx(middle, rel=0.15)


@pytest.mark.parametrize("device", list(CAMERAS))
def test_each_is_a_camera_that_can_be_used(device: Device) -> None:
    for each in units(device):
        assert each.photosites % 2 == 0  # whole cells of the mosaic
        assert 40 <= each.quality <= 98
        assert each.chroma in {420, 422, 444}
        assert 0 <= each.contrast <= 1
        assert 0 <= each.black < 0.1
    assert len({each.quality for each in units(device)}) > 5


def grey_card(**settings: float) -> np.ndarray:
    from dataclasses import replace

    camera = replace(CAMERAS[Device.DIGITAL_CAMERA_HIGH], white_balance=0.0, **settings)
    scene = lambda size: np.full((size, size, 3), 0.3, np.float32)  # noqa: E731
    return capture(camera, scene, np.random.default_rng(0)).mean((0, 1))


def test_warmth_and_exposure_are_seen_on_a_grey_card() -> None:
    red, _, blue = grey_card()
    assert red == pytest.approx(blue, abs=4)
    red, green, blue = grey_card(warmth=0.15)
    assert red > green + 5 > blue + 10
    red, green, blue = grey_card(warmth=-0.15)
    assert red < green - 5 < blue - 10
    assert grey_card(exposure=1.0).mean() > grey_card().mean() + 20
    assert grey_card(black=0.05).mean() < grey_card().mean() - 3


def test_a_seed_draws_one_unit() -> None:
    first, second = (unit(CAMERAS[Device.WEBCAM_LOW], np.random.default_rng(3)) for _ in range(2))
    assert first == second
