"""Attacks from a photograph: they differ from it by the instrument, and by species."""

import cv2
import numpy as np
import pytest

from anomaly_fas.simulation.fabrication import fabricated, recaptured
from anomaly_fas.simulation.photo_surface import Framing
from anomaly_fas.types import FinePai, Pai
from tests.simulation.faces import face

SEEDS = range(4)


def attack(species: FinePai, seed: int = 0, size: int = 112, camera: float = 0.5) -> np.ndarray:
    return fabricated(face(size), species, np.random.default_rng(seed), Framing(), camera)


EVERYWHERE = np.ones((14, 14), bool)


def unexplained(
    made: np.ndarray, photograph: np.ndarray, kept: np.ndarray = EVERYWHERE
) -> np.ndarray:
    """What no curve and mixing of the channels explains, patch by patch, shape [14, 14].

    Exposure, white balance, colour correction and tone curve do explain themselves; noise, blur and
    compression leave the means of patches. The curves are those of the patches that are kept.
    """
    after, before = (
        cv2.resize(image.copy(), (14, 14), interpolation=cv2.INTER_AREA) / 255
        for image in (made, photograph)
    )
    terms = np.concatenate([np.ones((14, 14, 1)), before, before**2], axis=-1)
    found = np.linalg.lstsq(terms[kept], after[kept], rcond=None)[0]
    left: np.ndarray = np.linalg.norm(after - terms @ found, axis=-1)
    return left


def difference(made: np.ndarray, photograph: np.ndarray) -> float:
    """The 95th percentile over patches, without those at the edge."""
    kept = np.zeros((14, 14), bool)
    kept[2:-2, 2:-2] = True
    return float(np.percentile(unexplained(made, photograph, kept)[kept], 95))


@pytest.mark.parametrize("species", FinePai)
@pytest.mark.parametrize("size", [64, 97, 224])
def test_shape_and_type_stay_and_the_photograph_is_not_written_to(
    species: FinePai, size: int
) -> None:
    made = attack(species, size=size)  # its input may not be written to, and would raise
    assert (made.dtype, made.shape) == (np.uint8, (size, size, 3))
    assert made.std() > 5


@pytest.mark.parametrize("species", FinePai)
def test_the_generator_decides(species: FinePai) -> None:
    assert np.array_equal(attack(species, 3), attack(species, 3))
    assert not np.array_equal(attack(species, 3), attack(species, 4))


@pytest.mark.parametrize("level", [0, 255])
@pytest.mark.parametrize("species", FinePai)
def test_black_and_white_images_make_attacks_too(species: FinePai, level: int) -> None:
    blank = np.full((64, 64, 3), level, np.uint8)
    made = fabricated(blank, species, np.random.default_rng(0), Framing(), 0.5)
    assert (made.dtype, made.shape) == (np.uint8, (64, 64, 3))


@pytest.mark.parametrize("species", FinePai)
def test_an_attack_differs_by_more_than_a_recapture(species: FinePai) -> None:
    plain = np.median([difference(_unmoved(seed), face()) for seed in SEEDS])
    for camera in (0.0, 1.0):
        made = [difference(attack(species, seed, camera=camera), face()) for seed in SEEDS]
        assert np.median(made) > plain, (np.median(made), plain)


@pytest.mark.parametrize("camera", [0.0, 1.0])
@pytest.mark.parametrize(
    ("species", "is_paper"), [(FinePai.PRINT_LOW, True), (FinePai.REPLAY_LOW, False)]
)
def test_prints_come_out_colder_and_screens_do_not(
    monkeypatch: pytest.MonkeyPatch, species: FinePai, is_paper: bool, camera: float
) -> None:
    def blue_over_red(coldness: float) -> float:
        monkeypatch.setattr("anomaly_fas.simulation.fabrication.coldness", lambda rng: coldness)
        middle = attack(species, 3, camera=camera)[30:-30, 30:-30].astype(float)
        return float(middle[..., 2].mean() / middle[..., 0].mean())

    assert (blue_over_red(0.3) > 1.1 * blue_over_red(0.0)) is is_paper


def _unmoved(seed: int) -> np.ndarray:
    """A recapture, moved back onto the photograph."""
    again = recaptured(face(), np.random.default_rng(seed))
    first, second = (cv2.cvtColor(i, cv2.COLOR_RGB2GRAY) for i in (face().copy(), again))
    turn = np.eye(2, 3, dtype=np.float32)
    _, turn = cv2.findTransformECC(first, second, turn, cv2.MOTION_AFFINE)
    return cv2.warpAffine(again, turn, (112, 112), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)


@pytest.mark.parametrize(
    ("species", "changed", "kept"),
    [
        (FinePai.PARTIAL_PERIOCULAR, np.s_[5:7, 4:10], np.s_[9:, :]),
        (FinePai.PARTIAL_PAPER_GLASSES, np.s_[5:7, 4:10], np.s_[9:, :]),
        (FinePai.PARTIAL_FUNNY_EYES, np.s_[5:7, 4:10], np.s_[9:, :]),
        (FinePai.PARTIAL_UPPER_HALF, np.s_[3:6, 4:10], np.s_[10:, :]),
        (FinePai.PARTIAL_LOWER_HALF, np.s_[9:11, 5:9], np.s_[:6, :]),
    ],
)
def test_a_part_is_covered_and_the_rest_kept(
    species: FinePai, changed: tuple[slice, slice], kept: tuple[slice, slice]
) -> None:
    mask = np.zeros((14, 14), bool)
    mask[kept] = True
    left = unexplained(attack(species, 2, camera=0), face(), mask)
    assert left[changed].mean() > 4 * left[mask].mean()


def test_a_recapture_keeps_the_picture() -> None:
    for seed in SEEDS:
        again = recaptured(face(), np.random.default_rng(seed))
        assert (again.dtype, again.shape) == (np.uint8, face().shape)
        assert difference(_unmoved(seed), face()) < 0.03
    assert not np.array_equal(recaptured(face(), np.random.default_rng(0)),
                              recaptured(face(), np.random.default_rng(1)))  # fmt: skip


def test_screens_glow_in_pixels_and_prints_do_not() -> None:
    """Along a row of a blank picture a coarse screen has its grid, and a fine print is even."""
    grey = np.full((224, 224, 3), 128, np.uint8)

    def ripple(species: FinePai) -> float:
        made = fabricated(grey, species, np.random.default_rng(5), Framing(), 0.0)
        middle = made[60:160, 60:160].astype(float)
        return float((middle - cv2.GaussianBlur(middle, (0, 0), 3)).std())

    assert ripple(FinePai.REPLAY_LOW) > 2 * ripple(FinePai.PRINT_HIGH)
    assert {species.coarse for species in FinePai} == set(Pai)
