"""The figures of a score table, against values worked out by hand and GRAD-GPAD's own."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from anomaly_fas.metrics.analysis import bona_fide_thresholds, devel_thresholds, error_figures
from anomaly_fas.protocols.gradgpad import gradgpad_annotations
from anomaly_fas.types import Label

DATA = Path(__file__).parent / "data"
REFERENCE: dict[str, Any] = json.loads((DATA / "gradgpad_grandtest_reference.json").read_text())
METHODS = ["auxiliary", "quality_rbf", "quality_linear"]


def table(rows: list[tuple[str, str, str, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["label", "pai", "pai_fine", "score"])


ROWS = [
    ("bona_fide", "", "", 0.1),
    ("bona_fide", "", "", 0.2),
    ("bona_fide", "", "", 0.3),
    ("bona_fide", "", "", 0.9),
    ("attack", "print", "print_low", 0.8),
    ("attack", "print", "print_high", 0.3),
    ("attack", "print", "print_high", 0.7),
    ("attack", "mask", "mask_paper", 0.6),
]


def test_figures_by_hand() -> None:
    figures = error_figures(table(ROWS), threshold=0.5)
    assert figures == pytest.approx(
        {
            "bpcer": 1 / 4,
            "hter": 1 / 4,
            "eer": 1 / 4,
            "acer_weighted": 1 / 4,
            "auc": (3 * 3 + 2.5) / 16,
            # At 0.3 no attack is missed and 2 of 4 bona fide samples are rejected.
            "bpcer10": 1 / 2,
            "bpcer20": 1 / 2,
            "bpcer100": 1 / 2,
            # Just above 0.9 no bona fide sample is rejected and every attack is missed.
            "apcer_at_bpcer_10": 1.0,
            "apcer_at_bpcer_5": 1.0,
            "apcer_at_bpcer_1": 1.0,
            # Of four attacks none may be accepted, so at 0.3 half of bona fide samples is.
            "tpr_at_fpr_1": 1 / 2,
            "apnrr": 0.0,
            "apnrr/mask": 0.0,
            "apnrr/print": 0.0,
            "bpnrr": 0.0,
            "apcer": 1 / 3,
            "acer": (1 / 3 + 1 / 4) / 2,
            "apcer/mask": 0.0,
            "apcer/print": 1 / 3,
            "apcer_fine": 1 / 2,
            "acer_fine": 3 / 8,
            "apcer_fine/mask_paper": 0.0,
            "apcer_fine/print_high": 1 / 2,
            "apcer_fine/print_low": 0.0,
        }
    )


def test_attacks_of_no_named_species_form_one() -> None:
    rows = [(label, "" if fine == "mask_paper" else pai, "", s) for label, pai, fine, s in ROWS]
    figures = error_figures(table(rows), threshold=0.65)
    assert figures["apcer/unnamed"] == 1.0
    assert figures["apcer"] == 1.0
    assert not any("fine" in name for name in figures)


def test_a_species_without_a_fine_name_keeps_its_coarse_one() -> None:
    rows = [(label, pai, "" if pai == "mask" else fine, s) for label, pai, fine, s in ROWS]
    assert error_figures(table(rows), threshold=0.65)["apcer_fine/mask"] == 1.0


def test_thresholds_by_hand() -> None:
    thresholds = devel_thresholds(table(ROWS))
    # At 0.45 one of four attacks is missed and one of four bona fide samples rejected.
    assert thresholds["eer"] == pytest.approx(0.45)
    above_all = pytest.approx(0.9, abs=1e-12)
    assert thresholds["bpcer_1"] == thresholds["bpcer_5"] == thresholds["bpcer_10"] == above_all


def test_samples_without_a_score_count_as_non_responses_only() -> None:
    silent = [("attack", "print", "print_low", float("nan")), ("bona_fide", "", "", float("nan"))]
    figures = error_figures(table([*ROWS, *silent]), threshold=0.5)
    heard = error_figures(table(ROWS), threshold=0.5)
    assert figures["apnrr"] == 1 / 5
    assert figures["apnrr/print"] == 1 / 4
    assert figures["apnrr/mask"] == 0
    assert figures["bpnrr"] == 1 / 5
    changed = {"apnrr", "bpnrr", "apnrr/print", "apnrr/mask"}
    assert {name: rate for name, rate in figures.items() if name not in changed} == {
        name: rate for name, rate in heard.items() if name not in changed
    }
    assert devel_thresholds(table([*ROWS, *silent])) == devel_thresholds(table(ROWS))


def test_apcer_of_each_pai_type() -> None:
    types = ["", "", "", "", "I", "I", "II", "II"]
    figures = error_figures(table(ROWS).assign(pas_type=types), threshold=0.65)
    assert figures["apcer_type/I"] == 1 / 2
    assert figures["apcer_type/II"] == 1 / 2
    assert figures["acer_type"] == (1 / 2 + 1 / 4) / 2


def test_thresholds_at_a_bpcer_need_no_attacks() -> None:
    bona_fide = table(ROWS[:4])
    thresholds = devel_thresholds(table(ROWS))
    assert bona_fide_thresholds(bona_fide) == {n: t for n, t in thresholds.items() if n != "eer"}


def scored(method: str) -> tuple[pd.DataFrame, float]:
    """The samples that the method scored, and gradgpad's threshold for it."""
    with np.load(DATA / "gradgpad_grandtest_scores.npz") as arrays:
        rows = gradgpad_annotations().iloc[arrays["row"]].assign(score=arrays[method])
        threshold = float(arrays["threshold"][METHODS.index(method)])
    return rows.dropna(subset=["score"]), threshold


@pytest.mark.parametrize("method", METHODS)
def test_coarse_figures_are_those_of_the_reference(method: str) -> None:
    figures = error_figures(*scored(method))
    expected = REFERENCE["correct_coarse_pai"][method]
    per_species = {species: 100 * figures[f"apcer/{species}"] for species in expected["apcer"]}
    assert per_species == pytest.approx(expected["apcer"], rel=1e-14)
    assert sum(name.startswith("apcer/") for name in figures) == len(expected["apcer"])
    assert figures["apcer"] == figures[f"apcer/{expected['max_apcer_pai']}"]
    assert 100 * figures["acer"] == pytest.approx(expected["acer_coarse"], rel=1e-14)


@pytest.mark.parametrize("method", METHODS)
def test_fine_acer_and_bpcer_are_what_gradgpad_itself_gives(method: str) -> None:
    figures = error_figures(*scored(method))
    expected = REFERENCE["compat"][method]
    assert 100 * figures["bpcer"] == pytest.approx(expected["bpcer"], rel=1e-14)
    assert 100 * figures["acer_fine"] == pytest.approx(expected["acer_fine"], rel=1e-14)


@pytest.mark.parametrize("method", METHODS)
def test_the_scores_are_those_of_as_many_attacks_as_the_reference_counted(method: str) -> None:
    rows, _ = scored(method)
    counts = rows.loc[rows["label"] == Label.ATTACK, "pai"].value_counts()
    assert counts.to_dict() == REFERENCE["correct_coarse_pai"][method]["test_count"]
