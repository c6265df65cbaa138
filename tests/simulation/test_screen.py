"""Moiré is not drawn: it is what sampling leaves of the pixel grid."""

import numpy as np
import pytest

from anomaly_fas.simulation.flat import Placement, hold
from anomaly_fas.simulation.screen import SCREENS, _emission
from anomaly_fas.types import FinePai

UPRIGHT = Placement(scale=1.0, shift=(0.0, 0.0), roll=0.0, tilt=(0.0, 0.0), bend=0.0, axis=0.0)
SCREEN = SCREENS[FinePai.REPLAY_LOW]


def row_spectrum(pixels: int, samples: int) -> np.ndarray:
    shown = np.full((pixels, pixels, 3), 0.5, np.float32)
    light = _emission(shown, hold(UPRIGHT, samples), pixels, SCREEN, 1 / samples)
    green = light[:, :, 1].mean(axis=0)
    return np.abs(np.fft.rfft(green - green.mean())) / samples


@pytest.mark.parametrize(("pixels", "samples"), [(140, 128), (120, 100), (150, 256)])
def test_the_beat_is_where_sampling_puts_it(pixels: int, samples: int) -> None:
    spectrum = row_spectrum(pixels, samples)
    folded = abs(pixels - samples * round(pixels / samples))
    assert int(spectrum.argmax()) == folded


def test_a_grid_too_fine_for_the_samples_leaves_nothing() -> None:
    assert row_spectrum(460, 128).max() < 0.02 * row_spectrum(140, 128).max()


def test_tilting_bends_the_pattern() -> None:
    """The beat of a tilted screen changes from place to place."""
    shown = np.full((140, 140, 3), 0.5, np.float32)
    tilted = Placement(1.0, (0.0, 0.0), 0.0, (0.08, 0.0), 0.0, 0.0)
    light = _emission(shown, hold(tilted, 256), 140, SCREEN, 1 / 256)[:, :, 1]

    def peak(part: np.ndarray) -> int:
        row = part.mean(axis=0)
        return int(np.abs(np.fft.rfft(row - row.mean(), 1024)).argmax())

    assert abs(peak(light[100:140, :100]) - peak(light[100:140, -100:])) > 10
