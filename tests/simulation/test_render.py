"""Rendering: a pure function of sample and frame, and attacks that differ as they should."""

import json
from copy import deepcopy

import numpy as np
import pytest

from anomaly_fas.simulation.picture import photograph
from anomaly_fas.simulation.plan import Extent, Sample, plan
from anomaly_fas.simulation.render import VERSION, render_frame
from anomaly_fas.types import FinePai, Pai
from tests.nonempty import nonempty
from tests.simulation import rendered

SAMPLES = plan(Extent(train=2, devel=1, test=1, bona_fide=6, attacks=2))
SIZE = 112


def of(species: FinePai | None) -> list[Sample]:
    return [sample for sample in SAMPLES if sample.species is species]


def test_a_version_renders_what_it_did() -> None:
    """Otherwise caches of other pixels are taken for this version's; see `rendered`."""
    before = json.loads(rendered.FILE.read_text())
    assert before["version"] == VERSION
    now = rendered.figures()
    assert now.keys() == before["figures"].keys()
    for name, numbers in nonempty(now.items()):
        # OpenCV rounds differently on processors with other instructions.
        assert numbers == pytest.approx(before["figures"][name], abs=0.1), name


def test_a_crop_does_not_depend_on_what_was_rendered_before() -> None:
    wanted = of(FinePai.MASK_PAPER)[0]
    photograph.cache_clear()
    alone = render_frame(wanted, 1, SIZE)
    for sample in SAMPLES[::7]:
        render_frame(sample, 0, SIZE)
    np.testing.assert_array_equal(render_frame(wanted, 1, SIZE), alone)


@pytest.mark.parametrize("size", [64, 112, 224])
def test_shape_and_type(size: int) -> None:
    crop = render_frame(SAMPLES[0], 0, size)
    assert crop.shape == (size, size, 3)
    assert crop.dtype == np.uint8


@pytest.mark.parametrize("species", [None, *FinePai], ids=str)
def test_frames_of_a_sample_differ(species: FinePai | None) -> None:
    sample = of(species)[0]
    first, second = (render_frame(sample, number, SIZE).astype(int) for number in (0, 1))
    assert np.abs(first - second).mean() > 2


def saturation(crop: np.ndarray) -> float:
    middle = crop[30:-30, 30:-30].astype(float)
    return float(np.mean((middle.max(-1) - middle.min(-1)) / np.maximum(middle.max(-1), 1)))


def test_ink_has_less_gamut_than_skin() -> None:
    bona_fide = np.median([saturation(render_frame(s, 0, SIZE)) for s in of(None)])
    for species in (FinePai.PRINT_LOW, FinePai.PRINT_MEDIUM, FinePai.PRINT_HIGH):
        printed = np.median([saturation(render_frame(s, 0, SIZE)) for s in of(species)])
        assert printed < 0.9 * bona_fide


@pytest.mark.parametrize(
    ("species", "gain"), [(FinePai.PRINT_LOW, 1.1), (FinePai.PRINT_HIGH, 1.1), (None, 1.0)], ids=str
)
def test_paper_comes_out_colder_and_skin_does_not(
    monkeypatch: pytest.MonkeyPatch, species: FinePai | None, gain: float
) -> None:
    def blue_over_red(coldness: float) -> float:
        monkeypatch.setattr("anomaly_fas.simulation.render.coldness", lambda rng: coldness)
        crop = render_frame(of(species)[0], 0, SIZE)[30:-30, 30:-30].astype(float)
        return float(crop[..., 2].mean() / crop[..., 0].mean())

    change = blue_over_red(0.3) / blue_over_red(0.0)
    assert change == 1.0 if gain == 1.0 else change > gain


def test_a_rigid_mask_is_glossier_than_skin() -> None:
    def highlights(species: FinePai | None) -> float:
        """How far the brightest spots of the face stand out from it."""
        samples = [sample for sample in of(species) if sample.dataset == "sim-gate"]
        faces = [render_frame(s, f, SIZE)[35:77, 35:77].max(-1) for s in samples for f in range(6)]
        return float(np.mean([np.percentile(face, 99.5) - np.median(face) for face in faces]))

    assert highlights(FinePai.MASK_RIGID) > 1.2 * highlights(None)


def test_a_partial_attack_covers_only_its_part() -> None:
    """Where the paper is not, nothing but shadow and exposure can differ from the bare face."""
    from anomaly_fas.simulation.coverings import cover
    from anomaly_fas.simulation.expression import Expression, bare_face
    from anomaly_fas.simulation.grid import Y

    sample = next(s for s in SAMPLES if s.species and s.species.coarse is Pai.PARTIAL)
    wearer, victim = sample.presenter, sample.victim
    picture = photograph(victim, 0, frontal=True)
    for part, untouched in (
        (FinePai.PARTIAL_UPPER_HALF, Y > 0.45),
        (FinePai.PARTIAL_LOWER_HALF, Y < -0.15),
        (FinePai.PARTIAL_PERIOCULAR, np.abs(Y + 0.17) > 0.4),
    ):
        face = bare_face(wearer, Expression())
        bare = deepcopy(face)
        cover(part, face, np.random.default_rng(0), wearer, lambda: picture)
        np.testing.assert_array_equal(face.albedo[untouched], bare.albedo[untouched])
        assert np.abs(face.albedo - bare.albedo).max() > 0.1
