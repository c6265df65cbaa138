"""Each statistic on images whose statistic is known."""

import cv2
import numpy as np
import pytest
from compression import grid_strength
from measurements import measure
from noise import noise_by_light, noise_level, roughness
from spectrum import BINS, radial_spectrum

SIZE = 160
RNG = np.random.default_rng(0)
WHITE_NOISE = RNG.standard_normal((SIZE, SIZE)).astype(np.float32)
RAMP = np.broadcast_to(np.linspace(0, 1, SIZE, dtype=np.float32), (SIZE, SIZE))


def grey(level: float) -> np.ndarray:
    return np.full((SIZE, SIZE, 3), level, np.uint8)


@pytest.mark.parametrize("cycles", [10, 31, 60])
def test_a_wave_stands_at_its_frequency(cycles: int) -> None:
    wave = 0.5 + 0.2 * np.sin(2 * np.pi * cycles * np.arange(SIZE) / SIZE)
    spectrum = radial_spectrum(np.broadcast_to(wave, (SIZE, SIZE)))
    assert abs(int(spectrum.argmax()) - 2 * BINS * cycles / SIZE) <= 1


def test_white_noise_has_a_flat_spectrum_at_its_variance() -> None:
    spectrum = radial_spectrum(0.5 + 0.02 * WHITE_NOISE)[8:]  # the first rings have few bins
    np.testing.assert_allclose(spectrum, 10 * np.log10(0.02**2), atol=1.5)
    assert spectrum.mean() == pytest.approx(10 * np.log10(0.02**2), abs=0.3)


@pytest.mark.parametrize("spread", [0.005, 0.03])
def test_noise_is_told_from_slopes_and_edges(spread: float) -> None:
    picture = RAMP + 0.3 * (np.arange(SIZE) > SIZE // 2)[:, None]
    assert noise_level(picture.astype(np.float32)) < 1e-4
    assert noise_level((picture + spread * WHITE_NOISE).astype(np.float32)) == pytest.approx(
        spread, rel=0.05
    )


@pytest.mark.parametrize("spread", [0.005, 0.03])
def test_roughness_is_the_spread_of_white_noise(spread: float) -> None:
    assert roughness(0.5 + spread * WHITE_NOISE) == pytest.approx(spread, rel=0.05)


def test_roughness_is_told_where_most_pixels_are_equal() -> None:
    blocks = np.zeros((SIZE, SIZE), np.float32)
    blocks[::8, ::8] = 0.1
    assert noise_level(blocks) < 1e-4 < roughness(blocks)
    finer = blocks.copy()
    finer[4::8, 4::8] = 0.1
    assert roughness(finer) > roughness(blocks)


def test_noise_is_measured_in_dark_and_light() -> None:
    noisy = RAMP + np.where(RAMP > 0.5, 0.03, 0.01) * WHITE_NOISE
    dark, light = noise_by_light(noisy.astype(np.float32))
    assert dark == pytest.approx(0.01, rel=0.1)
    assert light == pytest.approx(0.03, rel=0.1)


def test_compression_leaves_a_grid_where_its_blocks_are() -> None:
    picture = np.clip(128 + 25 * cv2.GaussianBlur(WHITE_NOISE, (0, 0), 1.0) * 3, 0, 255)

    def stored(quality: int) -> np.ndarray:
        options = [cv2.IMWRITE_JPEG_QUALITY, quality]
        file = cv2.imencode(".jpg", picture.astype(np.uint8), options)[1]
        decoded = cv2.imdecode(file, cv2.IMREAD_GRAYSCALE)
        assert decoded is not None
        return decoded.astype(np.float32) / 255

    assert abs(grid_strength(picture / 255)) < 0.05
    assert grid_strength(stored(10)) > grid_strength(stored(30)) > 0.2
    moved = np.roll(stored(10), (3, 3), axis=(0, 1))
    assert grid_strength(moved) < 0


def test_colour_of_a_flat_patch() -> None:
    """CIELAB of sRGB red is (53.2, 80.1, 67.2); half the face is red, half of it black."""
    image = grey(0)
    image[:, : SIZE // 2, 0] = 255
    row = measure([image]).scalars.iloc[0]
    assert row["white"] == pytest.approx(53.24, abs=0.1)
    assert row["black"] == pytest.approx(0, abs=0.1)
    assert row["red"] == pytest.approx(80.09 / 2, abs=0.2)
    assert row["yellow"] == pytest.approx(67.20 / 2, abs=0.2)
    assert row["contrast"] == pytest.approx(53.24 / 2, abs=0.1)


def test_a_highlight_counts_only_if_it_is_colourless() -> None:
    """The middle three fifths are 96 pixels wide, a patch of 24 by 24 is 1/16 of them."""
    image = grey(100)
    image[60:84, 60:84] = 255
    assert measure([image]).scalars["specular share"][0] == pytest.approx(1 / 16)
    image[60:84, 60:84, 2] = 150
    assert measure([image]).scalars["specular share"][0] == 0


def test_blur_takes_sharpness_away_and_grey_has_no_gamut() -> None:
    sharp = np.clip(128 + 40 * WHITE_NOISE, 0, 255).astype(np.uint8)[..., None].repeat(3, -1)
    soft = cv2.GaussianBlur(sharp, (0, 0), 2.0)
    found = measure([sharp, soft]).scalars
    assert found["sharpness"][0] > found["sharpness"][1] + 0.5
    assert (found["gamut"] < -3).all()
