"""What a lab does to a picture: its tones are spread, its colours kept in their order."""

import cv2
import numpy as np

from anomaly_fas.simulation.photo_lab import enhanced
from anomaly_fas.simulation.picture import Picture

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
