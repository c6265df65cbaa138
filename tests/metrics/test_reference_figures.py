"""The figures of GRAD-GPAD's published score files, as its own evaluation gives them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from anomaly_fas.metrics.analysis import error_figures
from anomaly_fas.protocols.gradgpad import gradgpad_annotations
from anomaly_fas.types import Label

DATA = Path(__file__).parent / "data"
REFERENCE: dict[str, Any] = json.loads((DATA / "gradgpad_grandtest_reference.json").read_text())
METHODS = ["auxiliary", "quality_rbf", "quality_linear"]


def scored(method: str) -> tuple[pd.DataFrame, float]:
    """The samples that the method scored, and gradgpad's threshold for it."""
    with np.load(DATA / "gradgpad_grandtest_scores.npz") as arrays:
        rows = gradgpad_annotations().iloc[arrays["row"]].assign(score=arrays[method])
        threshold = float(arrays["threshold"][METHODS.index(method)])
    return rows.dropna(subset=["score"]), threshold


@pytest.mark.parametrize("method", METHODS)
def test_coarse_figures_are_those_of_the_reference(method: str) -> None:
    table, threshold = scored(method)
    figures = error_figures(table, threshold)
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
    table, _ = scored(method)
    counts = table.loc[table["label"] == Label.ATTACK, "pai"].value_counts()
    assert counts.to_dict() == REFERENCE["correct_coarse_pai"][method]["test_count"]
