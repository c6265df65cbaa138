"""Figures by species, worked out by hand, and those of gradgpad's published grandtest scores."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from anomaly_fas.metrics.gradgpad.species_analysis import (
    apcer,
    bpcer,
    devel_threshold,
    species_figures,
)
from anomaly_fas.metrics.gradgpad.subset import GradgpadSubset
from anomaly_fas.protocols.gradgpad import gradgpad_annotations

DATA = Path(__file__).parents[1] / "data"
REFERENCE: dict[str, Any] = json.loads((DATA / "gradgpad_grandtest_reference.json").read_text())
METHODS = ["auxiliary", "quality_rbf", "quality_linear"]
BONA_FIDE, PRINT_LOW, REPLAY_HIGH, MASK_PAPER, PARTIAL_EYES = 0, 1, 6, 7, 13


def subset(*pairs: tuple[int, float]) -> GradgpadSubset:
    labels = np.array([label for label, _ in pairs])
    scores = np.array([score for _, score in pairs], dtype=np.float32)
    return GradgpadSubset(scores, labels != 0, labels, pd.DataFrame())


TEST = subset(
    (BONA_FIDE, 0.25),
    (BONA_FIDE, 0.75),
    (PRINT_LOW, 0.125),
    (PRINT_LOW, 0.875),
    (REPLAY_HIGH, 0.625),
    (MASK_PAPER, 0.375),
    (PARTIAL_EYES, 0.875),
)


def test_fine_figures_by_hand() -> None:
    figures = species_figures(TEST, threshold=0.5)["fine_grained_pai"]
    assert figures["bpcer"] == 50.0
    missed = {"print_low_quality": 50.0, "replay_high_quality": 0.0, "mask_paper": 100.0}
    assert figures["apcer_per_pai"] == missed | {"partial_funny_eyes": 0.0}
    assert figures["max_apcer_pai"] == "mask_paper"
    assert figures["acer"] == 75.0
    assert figures["acer_per_pai"]["print_low_quality"] == 50.0
    assert figures["percentage_per_pai"]["print_low_quality"] == 40.0
    # 40 % of attacks at 50 % and 20 % at 100 % are missed.
    assert figures["wacer"] == (20.0 + 20.0 + 50.0) / 2
    assert len(figures["num_samples_per_pai"]) == 17
    assert figures["num_samples_per_pai"]["makeup_cosmetic"] == 0


def test_coarse_print_holds_masks_and_coarse_replay_holds_partial_attacks() -> None:
    figures = species_figures(TEST, threshold=0.5)["coarse_grained_pai"]
    assert figures["num_samples_per_pai"] == {
        "print": 4,  # two prints, the replay and the mask
        "replay": 1,  # the partial attack
        "mask": 0,
        "makeup": 0,
        "partial": 0,
    }
    assert figures["apcer_per_pai"] == {"print": 50.0, "replay": 0.0}


def test_working_points_by_hand() -> None:
    figures = species_figures(TEST, threshold=0.5)["fine_grained_pai"]
    relative = figures["relative_working_points"]
    # FRR is 0, 1/2 or 1: 20 % is nearest to 0, at 0.75, where one of two prints is missed.
    at_bpcer = figures["apcer_per_pai_fixing_bpcer"]
    assert at_bpcer["print_low_quality"]["apcer_fixing_bpcer20"] == 50.0
    assert at_bpcer["mask_paper"]["apcer_fixing_bpcer20"] == 100.0
    assert relative["apcer"]["bpcer_20"] == 100.0
    # FAR is k/5: at 20 %, which first is that of 0.125, every bona fide sample is rejected.
    assert relative["bpcer"]["apcer_20"] == 100.0
    assert relative["bpcer"]["apcer_30"] == 100.0


def test_hter_is_that_of_the_nearest_point_of_both_modes() -> None:
    figures = species_figures(TEST, threshold=0.5)
    # The point at 0.375 is thinned out, and that at 0.625 is nearest. At 0.5 itself HTER is 45 %.
    assert figures["hter_fine_grained_pai"] == (3 / 5 + 1 / 2) / 2 * 100.0
    assert figures["hter_coarse_grained_pai"] == figures["hter_fine_grained_pai"]


def test_a_score_at_the_threshold_is_no_error_of_either_kind() -> None:
    scores = np.array([0.5], dtype=np.float32)
    assert bpcer(scores, 0.5) == apcer(scores, 0.5) == 0.0
    # As float32 a threshold of 0.1 is the score 0.1, although the latter is 1e-9 above as float64.
    tenth = np.array([0.1], dtype=np.float32)
    assert float(tenth[0]) > 0.1
    assert bpcer(tenth, 0.1) == 0.0


def test_the_threshold_is_taken_by_position() -> None:
    by_position = subset((BONA_FIDE, 0.25), (PRINT_LOW, 0.75))
    swapped = GradgpadSubset(
        by_position.scores, ~by_position.is_attack, by_position.fine_labels, pd.DataFrame()
    )
    assert devel_threshold(swapped) == 0.25


def published(method: str) -> tuple[GradgpadSubset, float]:
    """The published test scores of a method, and the package's devel threshold for it."""
    with np.load(DATA / "gradgpad_grandtest_scores.npz") as arrays:
        rows = gradgpad_annotations().iloc[arrays["row"]].assign(score=arrays[method])
        threshold = float(arrays["threshold"][METHODS.index(method)])
    scores = rows.dropna(subset=["score"]).set_index("sample_id")["score"].to_dict()
    return GradgpadSubset.from_scores(scores, gradgpad_annotations()), threshold


@pytest.mark.parametrize("method", METHODS)
def test_published_figures_are_reproduced_to_the_last_bit(method: str) -> None:
    figures = species_figures(*published(method))
    fine, coarse = figures["fine_grained_pai"], figures["coarse_grained_pai"]
    assert REFERENCE["compat"][method] == {
        "hter": figures["hter_fine_grained_pai"],
        "bpcer": fine["bpcer"],
        "acer_coarse": coarse["acer"],
        "acer_fine": fine["acer"],
        "apcer_at_bpcer10_coarse": coarse["relative_working_points"]["apcer"]["bpcer_10"],
        "apcer_at_bpcer10_fine": fine["relative_working_points"]["apcer"]["bpcer_10"],
        "bpcer_at_apcer10": fine["relative_working_points"]["bpcer"]["apcer_10"],
    }
