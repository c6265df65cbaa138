"""Printing: dots that carry the tone, and detail that vanishes below the aperture."""

import numpy as np
import pytest

from anomaly_fas.simulation.printing import PRINTERS, ink_on_paper, separate
from anomaly_fas.types import FinePai

SPECIES = [FinePai.PRINT_LOW, FinePai.PRINT_MEDIUM, FinePai.PRINT_HIGH]
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
