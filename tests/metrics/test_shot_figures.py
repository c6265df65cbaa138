"""Figures of draws against those of single tables, and replicates against samples repeated."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_fas.metrics.analysis import error_figures
from anomaly_fas.metrics.shot_figures import FIGURES, Replicates, ShotFigure, TestedDraw

DOMAIN = 60


def drawn(seed: int, threshold: float = 0.4) -> TestedDraw:
    rng = np.random.default_rng(seed)
    position = np.sort(rng.choice(DOMAIN, 40, replace=False))
    is_attack = np.arange(40) % 2 == 1
    scores = np.round(rng.uniform(size=40) + 0.2 * is_attack, 2)
    species = np.where(is_attack, rng.choice(["print", "mask"], 40), "")
    return TestedDraw(position, scores, is_attack, species, threshold)


def figures(draw: TestedDraw, repeats: np.ndarray) -> dict[str, float]:
    """By the functions for one table, each sample written down as often as it is drawn."""
    table = pd.DataFrame(
        {
            "label": np.where(draw.is_attack, "attack", "bona_fide"),
            "pai": draw.species, "pai_fine": "", "pas_type": "", "score": draw.score,
        }
    )  # fmt: skip
    return error_figures(table.iloc[np.repeat(np.arange(40), repeats)], draw.threshold)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 200), st.sampled_from([-1.0, 0.4, 0.61, 2.0]))
def test_weights_say_how_often_a_sample_stands_in_the_table(seed: int, threshold: float) -> None:
    draw = drawn(seed, threshold)
    rng = np.random.default_rng(seed + 1)
    weights = rng.integers(0, 3, (4, DOMAIN)).astype(np.float32)
    weights[0] = 1
    found = draw.figures(weights)
    for number, row in enumerate(weights):
        expected = figures(draw, row[draw.position].astype(int))
        for name in FIGURES:
            assert found[name][number] == pytest.approx(expected[name], abs=1e-6), name


def test_a_class_that_is_not_drawn_has_no_rates() -> None:
    draw = drawn(0)
    weights = np.ones((1, DOMAIN), np.float32)
    weights[:, draw.position[~draw.is_attack]] = 0
    found = draw.figures(weights)
    assert np.isnan(found["eer"]).all()
    assert np.isnan(found["acer"]).all()


def test_without_a_threshold_there_are_figures_without_one_alone() -> None:
    found = drawn(0, np.nan).figures(np.ones((2, DOMAIN), np.float32))
    assert {name for name, values in found.items() if np.isfinite(values).all()} == {"eer", "auc"}


def test_a_figure_is_the_mean_over_runs_and_draws() -> None:
    runs = [[drawn(seed) for seed in own] for own in ((0, 1, 2), (3, 4, 5))]
    weights = np.ones((30, DOMAIN), np.uint8)
    made = Replicates(weights, 3, np.random.default_rng(0)).figures(runs)["eer"]
    each = [[figures(draw, np.ones(40, int))["eer"] for draw in own] for own in runs]
    np.testing.assert_allclose(made.by_draw, each, atol=1e-6)
    assert made.value == pytest.approx(np.mean(each))
    assert made.spread == pytest.approx(np.std(each, axis=1, ddof=1).mean())
    # Nothing but the draws differs between replicates: each is a mean over three of them.
    by_draw = np.mean(each, axis=0)
    means = {round(float(np.mean(by_draw[list(chosen)])), 6) for chosen in np.ndindex(3, 3, 3)}
    assert {round(float(value), 6) for value in made.replicates} <= means
    assert len(set(made.replicates.tolist())) > 3


def test_equal_methods_differ_by_nothing_and_a_better_one_takes_errors_away() -> None:
    runs = [[drawn(seed) for seed in range(3)]]
    weights = np.random.default_rng(1).integers(0, 3, (50, DOMAIN)).astype(np.uint8)
    replicates = Replicates(weights, 3, np.random.default_rng(0))
    first, second = replicates.figures(runs)["eer"], replicates.figures(runs)["eer"]
    difference = first.less(second)
    assert difference is not None
    assert (difference.value, *difference.interval) == (0, 0, 0)
    half = ShotFigure(first.by_draw / 2, first.replicates / 2)
    gain = half.share_taken_from(first)
    assert gain.value == pytest.approx(0.5)
    assert gain.interval == pytest.approx((0.5, 0.5))


def test_of_no_errors_no_share_is_gone() -> None:
    some = ShotFigure(np.array([[0.1, 0.2]]), np.array([0.1, 0.2, 0.3]))
    none = ShotFigure(np.zeros((1, 2)), np.array([0.0, 0.4, 0.3]))
    gone = some.share_taken_from(none)
    assert np.isnan(gone.value)
    np.testing.assert_allclose(gone.replicates, [np.nan, 0.5, 0.0])
    interval = gone.interval
    assert interval is not None
    assert np.isfinite(interval).all()
