"""Printing: profiles that bring tones out, dots that carry them, detail that vanishes."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from anomaly_fas.simulation.picture import Picture
from anomaly_fas.simulation.printing import (
    PRINTERS,
    enhanced,
    for_printer,
    ink_on_paper,
    separate,
)
from anomaly_fas.types import FinePai

RNG = np.random.default_rng(0)
TEXTURE = cv2.GaussianBlur(RNG.standard_normal((200, 200, 1)).astype(np.float32), (0, 0), 3)
PICTURE = Picture(
    np.clip(np.array([140, 120, 110]) + 120 * TEXTURE[..., None], 80, 190).astype(np.uint8), 1.3
)


def contrast(picture: Picture) -> float:
    low, high = np.percentile(picture.image.mean(axis=-1), [2, 98])
    return float(high - low)


def test_tones_are_spread_and_edges_sharpened() -> None:
    found = [enhanced(PICTURE, np.random.default_rng(seed)) for seed in range(20)]
    assert min(contrast(each) for each in found) > contrast(PICTURE)
    assert max(contrast(each) for each in found) > 1.5 * contrast(PICTURE)
    steps = [np.abs(np.diff(each.image.astype(int), axis=0)).mean() for each in found]
    assert min(steps) > np.abs(np.diff(PICTURE.image.astype(int), axis=0)).mean()


def test_warm_stays_warm_and_the_framing_stays() -> None:
    found = enhanced(PICTURE, np.random.default_rng(1))
    red, green, blue = found.image.mean((0, 1))
    assert red > green > blue
    assert found.zoom == PICTURE.zoom
    assert found.image.shape == PICTURE.image.shape


SPECIES = [FinePai.PRINT_LOW, FinePai.PRINT_MEDIUM, FinePai.PRINT_HIGH]
LEVELS = np.linspace(0, 1, 12, dtype=np.float32)
SKIN = np.array([0.47, 0.28, 0.20], np.float32)


def printed(image: np.ndarray, species: FinePai) -> np.ndarray:
    """Mean light of a page of one colour, without the paper's structure."""
    printer = replace(PRINTERS[species], fibre=0.0, banding=0.0)
    middle = np.full((1, 1), 0.5, np.float32)
    sent = np.asarray(image, np.uint8).reshape(1, 1, 3)
    return ink_on_paper(separate(sent, printer), middle, middle, printer, 1.0, 0)[0, 0]


def sent(colour: np.ndarray, species: FinePai) -> np.ndarray:
    return for_printer(np.asarray(colour, np.float32).reshape(1, 1, 3), PRINTERS[species])[0, 0]


@pytest.mark.parametrize("species", SPECIES)
def test_greys_come_out_grey_and_evenly_from_black_to_paper(species: FinePai) -> None:
    pages = np.array([printed(sent(np.full(3, level), species), species) for level in LEVELS])
    shares = (pages - pages[0]) / (pages[-1] - pages[0])
    np.testing.assert_allclose(shares, np.broadcast_to(LEVELS[:, None], shares.shape), atol=0.04)


@pytest.mark.parametrize("species", SPECIES)
def test_skin_is_nearer_to_its_colour_than_without_a_profile(species: FinePai) -> None:
    def error(page: np.ndarray) -> float:
        return float(np.abs(page / page.mean() - SKIN / SKIN.mean()).max())

    plain = (255 * SKIN ** (1 / 2.2)).astype(np.uint8)
    managed = printed(sent(SKIN, species), species)
    assert error(managed) < error(printed(plain, species))
    assert managed[0] > managed[1] > managed[2]


@pytest.mark.parametrize("species", SPECIES)
def test_shape_and_type(species: FinePai) -> None:
    picture = np.random.default_rng(0).random((20, 30, 3), np.float32)
    profiled = for_printer(picture, PRINTERS[species])
    assert (profiled.dtype, profiled.shape) == (np.uint8, picture.shape)


AXIS = np.linspace(0, 1, 500, endpoint=False, dtype=np.float32)
U, V = np.meshgrid(AXIS, AXIS)


def page(level: int, species: FinePai, aperture: float) -> np.ndarray:
    picture = np.full((32, 32, 3), level, np.uint8)
    printer = PRINTERS[species]
    return ink_on_paper(separate(picture, printer), U, V, printer, aperture, seed=5)


@pytest.mark.parametrize("species", SPECIES)
def test_dots_average_to_the_tone_without_dots(species: FinePai) -> None:
    for level in (60, 128, 200):
        dots, smooth = page(level, species, 0.0005), page(level, species, 1.0)
        assert dots.mean() == pytest.approx(smooth.mean(), rel=0.12)
        assert dots.std() > 3 * smooth.std()


@pytest.mark.parametrize("species", SPECIES)
def test_darker_is_darker_and_black_is_not_black(species: FinePai) -> None:
    tones = [page(level, species, 1.0).mean() for level in (0, 50, 100, 150, 200, 255)]
    assert tones == sorted(tones)
    assert PRINTERS[species].black * 0.95 < tones[0] < PRINTERS[species].black + 0.02
    assert 0.8 < tones[-1] < 0.9


def test_the_screen_has_its_ruling() -> None:
    row = page(128, FinePai.PRINT_LOW, 0.0005)[:, :, 2].mean(axis=0)  # yellow stands upright
    spectrum = np.abs(np.fft.rfft(row - row.mean()))
    assert abs(int(spectrum.argmax()) - PRINTERS[FinePai.PRINT_LOW].cells) <= 1
