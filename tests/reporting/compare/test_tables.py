"""Tables and pictures of a comparison show its figures, and say what is not known."""

from __future__ import annotations

from math import inf

import pandas as pd
import pytest

from anomaly_fas.metrics.estimate import Estimate, student_t
from anomaly_fas.metrics.intervals import Interval
from anomaly_fas.metrics.resampling import Clusters
from anomaly_fas.reporting.compare.blocks import Block
from anomaly_fas.reporting.compare.figures import COMPARED, BlockFigures, Contrast, MethodFigures
from anomaly_fas.reporting.compare.groups import Condition, Group
from anomaly_fas.reporting.compare.page import difference_picture, eer_picture
from anomaly_fas.reporting.compare.tables import (
    difference_rows,
    figure_rows,
    method_table,
    protocol_table,
    provenance,
    reference_table,
    scorer_table,
    signed_percent,
)
from tests.reporting.compared_study import study_run

NAMES = ("best", "other", "worst")
QUANTILE = 2.446912  # of Student's t with 6 degrees of freedom, 97.5 %


def method(name: str, value: float, error: float = 0.01) -> MethodFigures:
    own = dict.fromkeys(COMPARED, Estimate(value, *student_t(value, error, 6.0)))
    return MethodFigures(name, own, {"folds_0": own, "folds_1": own})


def contrast(name: str, value: float, p: float, bounds: Interval | None = None) -> Contrast:
    differences = dict.fromkeys(COMPARED, Estimate(value, *student_t(value, 0.01, 6.0)))
    return Contrast(name, differences, dict.fromkeys(COMPARED, p), 1 + value, bounds)


@pytest.fixture
def judged() -> BlockFigures:
    cells = {
        Condition(f"folds_{fold}", 0): study_run("best", fold, commit="c" * 40 + "+").scores
        for fold in (0, 1)
    }
    block = Block(
        Group("folds", "official", "real", "lite0"), ("folds_0", "folds_1"), (0,),
        dict.fromkeys(NAMES, cells), without=("folds_2",),
    )  # fmt: skip
    return BlockFigures(
        block=block,
        clusters=Clusters(8, 2),
        clusters_of={},
        methods=(method("best", 0.01), method("other", 0.2125), method("worst", 0.4)),
        reference="other",
        to_reference=(
            contrast("best", -0.2, 0.01, Interval(0.5, 0.9)),
            contrast("worst", 0.2, 0.05, Interval(0.9, inf)),
        ),
        to_best=(contrast("other", 0.2, 0.05), contrast("worst", 0.4, 0.0001)),
    )


def text(table: object, row: int) -> list[str]:
    return [cell.full for cell in table.rows[row]]  # type: ignore[attr-defined]


def test_methods_with_intervals_that_stay_rates_and_their_standing(judged: BlockFigures) -> None:
    table = method_table(judged)
    assert table.header[:5] == ("method", "runs", "EER", "ACER", "AUC")
    high = 100 * (0.01 + QUANTILE * 0.01)
    assert text(table, 0) == ["best", "2", *[f"1.0 [0.0, {high:.1f}]"] * 3, "–", "–", "first"]
    assert text(table, 1)[5:] == ["+20.0 [+17.6, +22.4]", "0.050", "tied"]
    assert text(table, 2)[6:] == ["<0.001", "behind"]
    assert table.note == provenance(judged)


def test_differences_to_the_reference_are_marked_where_they_are_shown(judged: BlockFigures) -> None:
    table = reference_table(judged)
    assert table.title == "Against other"
    assert table.header == ("method", "Δ EER", "EER, relative", "Δ ACER", "Δ AUC")
    assert text(table, 0)[1:3] == ["−20.0 [−22.4, −17.6] p 0.010 *", "−20 % [−50 %, −10 %]"]
    assert text(table, 1)[1:3] == ["+20.0 [+17.6, +22.4] p 0.050", "+20 % [−10 %, ∞]"]


def test_what_is_not_known_is_not_made_up(judged: BlockFigures) -> None:
    nan = float("nan")
    unknown = dict.fromkeys(COMPARED, Estimate(0.1))
    lone = Contrast("other", unknown, dict.fromkeys(COMPARED, nan), nan, None)
    found = BlockFigures(
        judged.block, Clusters(2, 2), {},
        (MethodFigures("best", unknown, {}), MethodFigures("other", unknown, {})),
        "best", (lone,), (lone,),
    )  # fmt: skip
    assert text(method_table(found), 0)[2] == "10.0"
    assert text(method_table(found), 1)[5:] == ["+10.0", "–", "not known"]
    assert text(reference_table(found), 0)[1:3] == ["+10.0 p –", "–"]


def test_single_protocols_and_scorers_have_a_column_each(judged: BlockFigures) -> None:
    table = protocol_table(judged)
    assert table.header == ("method", "folds 0", "folds 1")
    assert text(table, 1) == ["other", "21.2", "21.2"]
    table = scorer_table(judged, {"knn": {"best": 0.05, "other": 0.2125 + 1e-15}, "logit": {}})
    assert table.header == ("method", "knn", "logit")
    assert [text(table, row) for row in range(3)] == [
        ["best", "5.0", "–"], ["other", "21.2", "–"], ["worst", "–", "–"],
    ]  # fmt: skip


def test_the_data_seeds_subjects_and_commits_are_told(judged: BlockFigures) -> None:
    assert provenance(judged) == (
        "Data: real. 2 protocols (without folds_2), seed 0. Subjects on test: 8 in 2 disjoint test "
        "sets. anomaly_fas 0.1.0, commit cccccccccccc+ (+: with uncommitted changes)."
    )


def test_tables_of_other_blocks_have_other_names(judged: BlockFigures) -> None:
    names = {
        make(judged).name for make in (method_table, reference_table, protocol_table)
    }  # fmt: skip
    assert "folds_official_lite0_real_without_folds_2_seeds_0_methods" in names
    assert len(names) == 3


@pytest.mark.parametrize(
    ("ratio", "shown"), [(1.0, "0 %"), (0.996, "0 %"), (0.5, "−50 %"), (2.5, "+150 %"), (inf, "∞")]
)
def test_ratios_are_shown_as_what_they_are_more_or_less(ratio: float, shown: str) -> None:
    assert signed_percent(ratio) == shown


def test_rows_hold_every_figure_unrounded(judged: BlockFigures) -> None:
    rows = figure_rows([judged])
    assert len(rows) == 3 * 3 * 3
    whole = rows[(rows["protocol"] == "") & (rows["figure"] == "eer")].set_index("method")
    assert whole.loc["other", "value"] == 0.2125
    assert whole.loc["other", "low"] == pytest.approx(0.2125 - QUANTILE * 0.01)
    assert set(rows["protocols"]) == {"folds_0 folds_1"}
    rows = difference_rows([judged])
    assert len(rows) == 4 * 3
    eer = rows[rows["figure"] == "eer"].set_index(["role", "method"])
    assert eer.loc[("reference", "worst"), ["compared_with", "p_holm", "ratio_low"]].tolist() == [
        "other", 0.05, 0.9,
    ]  # fmt: skip
    assert eer.loc[("first", "worst"), "compared_with"] == "best"
    assert pd.isna(rows.loc[rows["figure"] != "eer", "ratio"]).all()


def test_pictures_have_a_panel_a_block_and_the_looks_of_the_standings(
    judged: BlockFigures,
) -> None:
    (axes,) = (figure := eer_picture([judged])).axes
    assert [label.get_text() for label in axes.get_yticklabels()] == list(NAMES)
    assert axes.get_title().replace("\n", " ").startswith("folds, official lists, lite0, real")
    legend = [label.get_text() for label in figure.legends[0].get_texts()]
    assert [entry.split(" (")[0] for entry in legend] == [
        "lowest EER", "not shown to differ from it", "shown to be higher",
    ]  # fmt: skip
    (axes,) = (figure := difference_picture([judged], "other")).axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["best", "worst"]
    assert len(figure.legends[0].get_texts()) == 2  # lower, and not shown at p 0.05
    places = sorted(float(container.lines[0].get_xdata()[0]) for container in axes.containers)
    assert places == pytest.approx([-20, 20])
