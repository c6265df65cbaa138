"""The camera against the physics it models, and its JPEG files against another encoder's."""

import io
from dataclasses import replace

import numpy as np
import pytest
from compression import grid_strength
from PIL import Image

from anomaly_fas.simulation.camera import (
    CAMERAS,
    Camera,
    _mosaic,
    anywhere,
    capture,
    compressed,
    stored_crop,
    unit,
)
from anomaly_fas.types import Device
from tests.nonempty import nonempty

PLAIN = Camera(
    photosites=128, blur=0.3, full_well=4000, read_noise=6, white_balance=0, saturation=1,
    denoise=0, sharpen=0, contrast=0, quality=95, chroma=444,
)  # fmt: skip

AXIS = np.linspace(0, 6, 96)
PICTURE = np.stack([128 + 90 * np.sin(np.add.outer(k * AXIS, AXIS**1.5)) for k in (1, 2, 3)], -1)
PICTURE = PICTURE.astype(np.uint8)


def flat(level: float, size: int = 128) -> np.ndarray:
    return np.full((size, size, 3), level, np.float32)


@pytest.mark.parametrize("level", [0.05, 0.2, 0.6])
def test_noise_is_shot_noise_and_read_noise(level: float) -> None:
    raw = _mosaic(PLAIN, flat(level), np.random.default_rng(0)).astype(float) / 4095
    electrons = level * PLAIN.full_well
    expected = np.sqrt(electrons + PLAIN.read_noise**2) / PLAIN.full_well
    assert raw.mean() == pytest.approx(level, rel=0.01)
    assert raw.std() == pytest.approx(expected, rel=0.03)


def test_the_mosaic_takes_one_colour_a_photosite() -> None:
    colours = np.zeros((4, 4, 3), np.float32)
    colours[..., 0], colours[..., 1], colours[..., 2] = 0.2, 0.5, 0.8
    quiet = replace(PLAIN, full_well=1e9, read_noise=0)
    raw = _mosaic(quiet, colours, np.random.default_rng(0)) / 4095
    np.testing.assert_allclose(raw[:2, :2], [[0.2, 0.5], [0.5, 0.8]], atol=1e-3)


def test_colours_survive_the_whole_way() -> None:
    """A grey card stays grey, and a red one red."""

    def scene(size: int) -> np.ndarray:
        image = flat(0.3, size)
        image[:, : size // 2] = (0.45, 0.15, 0.12)
        image[:, size // 2 :] = 0.3
        return image

    image = capture(replace(PLAIN, full_well=1e6), scene, np.random.default_rng(1)).astype(float)
    red, grey = image[40:80, 20:40].mean((0, 1)), image[40:80, 90:110].mean((0, 1))
    assert red[0] > 1.3 * red[1]
    assert np.ptp(grey) < 0.25 * grey.mean()
    assert red[0] - red[2] > 3 * (grey[0] - grey[2])


def test_a_poorer_camera_loses_more_detail() -> None:
    def scene(size: int) -> np.ndarray:
        waves = 0.3 + 0.15 * np.sin(np.linspace(0, 60 * np.pi, size))
        return np.broadcast_to(waves[None, :, None], (size, size, 3)).astype(np.float32)

    def contrast(device: Device) -> float:
        image = capture(CAMERAS[device], scene, np.random.default_rng(0)).astype(float)
        row = image.mean((0, 2))
        spectrum = np.abs(np.fft.rfft(row - row.mean())) / len(row)
        return float(spectrum[28:33].max() / row.mean())

    assert contrast(Device.WEBCAM_LOW) < 0.5 * contrast(Device.DIGITAL_CAMERA_HIGH)


def test_the_same_generator_state_gives_the_same_image() -> None:
    images = [
        capture(CAMERAS[Device.WEBCAM_HIGH], lambda size: flat(0.2, size), np.random.default_rng(3))
        for _ in range(2)
    ]
    np.testing.assert_array_equal(*images)
    side = CAMERAS[Device.WEBCAM_HIGH].photosites
    assert images[0].shape == (side, side, 3)


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
    for each in nonempty(units(device)):
        assert each.photosites % 2 == 0  # whole cells of the mosaic
        assert 40 <= each.quality <= 98
        assert each.chroma in {420, 422, 444}
        assert 0 <= each.contrast <= 1
        assert 0 <= each.black < 0.1
    assert len({each.quality for each in units(device)}) > 5


def grey_card(**settings: float) -> np.ndarray:
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


def pillow(image: np.ndarray, quality: int, subsampling: str) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=quality, subsampling=subsampling)
    return np.asarray(Image.open(file))


@pytest.mark.parametrize("quality", [40, 75, 95])
@pytest.mark.parametrize("chroma", [444, 422, 420])
def test_it_is_what_another_encoder_makes_of_it(quality: int, chroma: int) -> None:
    theirs = pillow(PICTURE, quality, ":".join(str(chroma))).astype(int)
    ours = compressed(PICTURE, quality, chroma).astype(int)
    assert np.abs(ours - theirs).mean() < 0.1 * np.abs(ours - PICTURE).mean()


def test_an_offset_moves_the_blocks() -> None:
    def grid(offset: tuple[int, int], shift: int) -> float:
        luma = compressed(PICTURE, 25, 444, offset).mean(axis=-1) / 255
        return grid_strength(np.roll(luma, (shift, shift), axis=(0, 1)))

    assert grid((0, 0), 0) > 0.2 > 0 > grid((3, 3), 0)
    assert grid((3, 3), 3) > 0.2
    assert compressed(PICTURE, 25, 444, (7, 2)).shape == PICTURE.shape


def test_places_are_drawn_from_all_of_a_block() -> None:
    rng = np.random.default_rng(0)
    places = {anywhere(rng) for _ in range(2000)}
    assert len(places) == 64


def test_a_stored_crop_is_nearly_the_crop() -> None:
    found = [stored_crop(PICTURE, np.random.default_rng(seed)) for seed in range(40)]
    errors = [np.abs(crop.astype(int) - PICTURE).mean() for crop in found]
    assert min(errors) == 0
    assert 1 < max(errors) < 8
    again = stored_crop(PICTURE, np.random.default_rng(7))
    np.testing.assert_array_equal(again, found[7])
