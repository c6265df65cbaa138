"""Published figures: as printed, as the reference file has them, and under our protocols' names."""

import json
from pathlib import Path

import pandas as pd
import pytest

from anomaly_fas.protocols.gradgpad import gradgpad_annotations
from anomaly_fas.reporting.published import published_figures, published_results
from anomaly_fas.runs.config_classes import families

REFERENCE = json.loads(
    (
        Path(__file__).parents[1] / "metrics" / "data" / "gradgpad_grandtest_reference.json"
    ).read_text()
)
METHODS = ("auxiliary", "quality_rbf", "quality_linear")


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return published_figures().set_index(["method", "protocol", "mode", "lists"])


@pytest.mark.parametrize("method", METHODS)
def test_gradgpad_mode_is_what_the_package_itself_gives(table: pd.DataFrame, method: str) -> None:
    row = table.loc[(method, "grandtest", "gradgpad", "official")]
    expected = REFERENCE["compat"][method]
    for ours, theirs in (
        ("hter", "hter"),
        ("bpcer", "bpcer"),
        ("acer", "acer_coarse"),
        ("acer_fine", "acer_fine"),
    ):
        assert 100 * row[ours] == pytest.approx(expected[theirs], rel=1e-14), ours


@pytest.mark.parametrize("method", METHODS)
def test_correct_mode_counts_the_samples_that_the_reference_counts(
    table: pd.DataFrame, method: str
) -> None:
    row = table.loc[(method, "grandtest", "correct", "official")]
    expected = REFERENCE["correct_coarse_pai"][method]
    bona_fide = 2287 if method == "auxiliary" else 2281
    assert row["test"] - row["test_unscored"] == sum(expected["test_count"].values()) + bona_fide
    assert 100 * row["acer"] == pytest.approx(expected["acer_coarse"], abs=0.05)


def test_every_protocol_is_one_of_ours() -> None:
    annotations = gradgpad_annotations()
    known = {protocol.name for family in families() for protocol in family.family(annotations)}
    found = published_results(known)
    names = {result.column.protocol for result in found}
    assert set(published_figures()["protocol"]) <= known
    assert {"grandtest", "cross_dataset_siw", "lodo_uvad", "unseen_attack_makeup"} <= names
    complete = published_figures().query("mode == 'correct' and lists == 'official'")
    assert complete.groupby("method")["protocol"].nunique().to_dict() == {
        "auxiliary": 35, "quality_linear": 35, "quality_rbf": 48,
    }  # fmt: skip


def test_printed_figures_are_as_printed() -> None:
    found = {
        result.name: result
        for result in published_results(["grandtest"])
        if result.column.source == "GRAD-GPAD v1"
    }
    figures = found["color_based (published, ICB 2019)"].figures
    assert figures == pytest.approx(
        {"acer": 0.1022, "apcer": 0.1386, "bpcer": 0.0658, "hter": 0.0633}
    )


def test_what_was_not_printed_is_missing() -> None:
    (row,) = (
        result
        for result in published_results(["cross_dataset_csmad"])
        if result.name == "color_based (published, ICB 2019)"
    )
    assert "bpcer" not in row.figures


def test_other_protocols_have_nothing_published() -> None:
    assert published_results(["cross_dataset_sim_gate"]) == []
