"""Compression: blocks where they are asked for, and no more damage than the quality says."""

import io

import numpy as np
import pytest
from compression import grid_strength
from PIL import Image

from anomaly_fas.simulation.jpeg import anywhere, compressed, stored_crop

AXIS = np.linspace(0, 6, 96)
PICTURE = np.stack([128 + 90 * np.sin(np.add.outer(k * AXIS, AXIS**1.5)) for k in (1, 2, 3)], -1)
PICTURE = PICTURE.astype(np.uint8)


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
