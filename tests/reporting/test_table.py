"""A study's table, from results with figures that are easily averaged by hand."""

from typing import Any

import pytest

from anomaly_fas.reporting.collect import Result
from anomaly_fas.reporting.run_facts import RunFacts
from anomaly_fas.reporting.table import Column, PublishedResult, StudyTable, study_table

COMMIT = "0123456789abcdef0123456789abcdef01234567"
GRANDTEST = Column("grandtest", "leak_free", "simulated")


def result(apcer: float = 0.3, bpcer: float = 0.1, **changes: Any) -> Result:
    figures = {"apcer": apcer, "bpcer": bpcer, "acer": (apcer + bpcer) / 2, "hter": 0.125}
    facts = {
        "protocol": "grandtest",
        "lists": "leak_free",
        "data_kind": "simulated",
        "method": "anomaly",
        "seed": 0,
        "config_hash": "aaaa",
        "commit": COMMIT,
        "version": "0.1.0",
    }
    scorer = changes.pop("scorer", "few_shot")
    return Result(RunFacts(**(facts | changes)), scorer, figures)


def table(*results: Result) -> StudyTable:
    return study_table("study", results)


def best(made: StudyTable, column: Column = GRANDTEST) -> list[str]:
    return [row for (row, own), cell in made.cells.items() if own == column and cell.is_best]


def test_mean_and_spread_over_seeds_in_percent() -> None:
    made = table(result(0.2, 0.0, seed=0), result(0.5, 0.1, seed=1), result(0.5, 0.2, seed=2))
    (cell,) = made.cells.values()
    # ACER is 10, 30 and 35 %: mean 25, squared distances 225, 25 and 100 over 2.
    assert (cell.acer, cell.apcer, cell.bpcer) == pytest.approx((25.0, 40.0, 10.0))
    assert cell.spread == pytest.approx(175**0.5)
    assert cell.mean == "25.0 ± 13.2"
    assert cell.parts == "(40.0 / 10.0)"


def test_a_single_seed_has_no_spread() -> None:
    (cell,) = table(result()).cells.values()
    assert cell.spread is None
    assert cell.mean == "20.0"


def test_the_lowest_mean_of_a_column_is_best() -> None:
    made = table(
        result(0.1, seed=0),
        result(0.9, seed=1),
        result(0.4, seed=0, method="bce", scorer="logit"),
        result(0.4, seed=1, method="bce", scorer="logit"),
        result(0.8, method="bce", scorer="logit", protocol="lodo_siw"),
    )
    assert best(made) == ["bce (logit)"]
    assert best(made, Column("lodo_siw", "leak_free", "simulated")) == ["bce (logit)"]


def test_equally_low_means_are_both_best() -> None:
    assert best(table(result(), result(scorer="live_centre"))) == [
        "anomaly (few_shot)",
        "anomaly (live_centre)",
    ]


@pytest.mark.parametrize("other", [{"data_kind": "real"}, {"lists": "official"}])
def test_numbers_that_cannot_be_compared_share_no_column(other: dict[str, str]) -> None:
    made = table(result(0.3), result(0.5, **other))
    assert len(made.columns) == len(made.cells) == 2
    assert made.rows == ("anomaly (few_shot)",)
    assert all(cell.is_best and cell.spread is None for cell in made.cells.values())
    assert sorted(made.long["apcer"]) == [0.3, 0.5]


def test_several_configs_of_a_method_are_told_apart_by_their_hash() -> None:
    made = table(
        result(0.3, config_hash="aaaa"),
        result(0.5, config_hash="bbbb"),
        result(0.4, method="bce", scorer="logit", config_hash="cccc"),
    )
    assert made.rows == ("anomaly (few_shot) aaaa", "anomaly (few_shot) bbbb", "bce (logit)")
    assert all(cell.spread is None for cell in made.cells.values())


def test_a_hash_that_differs_between_protocols_alone_is_not_shown() -> None:
    made = table(result(), result(protocol="lodo_siw", config_hash="bbbb"))
    assert made.rows == ("anomaly (few_shot)",)
    assert len(made.columns) == 2


def test_grandtest_and_the_anomaly_methods_come_first() -> None:
    made = table(
        result(protocol="cross_dataset_siw", method="bce"), result(), result(protocol="lodo_siw")
    )
    names = [column.protocol for column in made.columns]
    assert names == ["grandtest", "cross_dataset_siw", "lodo_siw"]
    assert made.rows == ("anomaly (few_shot)", "bce (few_shot)")
    assert ("bce (few_shot)", GRANDTEST) not in made.cells


def test_titles_name_the_lists_unless_they_are_the_default() -> None:
    assert Column("unseen_attack_mask", "leak_free", "real").title == "unseen attack mask"
    assert Column("grandtest", "official", "real").title == "grandtest, official lists"


def test_the_long_form_has_every_figure_as_a_fraction() -> None:
    made = table(result(0.2, 0.0, seed=0), result(0.5, 0.1, seed=1, config_hash="aaaa"))
    (row,) = made.long.to_dict("records")
    assert (row["apcer"], row["bpcer"], row["acer"], row["hter"]) == pytest.approx(
        (0.35, 0.05, 0.2, 0.125)
    )
    assert row["acer_std"] == pytest.approx((2 * 0.1**2) ** 0.5)
    assert row["auc"] is None
    assert (row["seeds"], row["config_hashes"], row["commits"]) == ("0 1", "aaaa", COMMIT)


def test_notes_say_where_the_numbers_come_from() -> None:
    made = table(
        result(seed=10),
        result(seed=2, commit=f"{'e' * 40}+", data_kind="real"),
        result(seed=3, commit="", version="0.2.0"),
    )
    assert made.notes[1:] == (
        "Data: real, simulated. Seeds: 2, 3, 10.",
        "anomaly_fas 0.1.0, 0.2.0, commit 0123456789ab, eeeeeeeeeeee+, unknown "
        "(+: with uncommitted changes).",
    )
    assert "uncommitted" not in table(result()).notes[2]


def published(protocol: str = "grandtest", **figures: float) -> PublishedResult:
    column = Column(protocol, "official", "published", "GRAD-GPAD v2")
    return PublishedResult(column, "auxiliary (published)", figures, "Published by others.")


def test_published_figures_stand_beside_ours_and_never_in_one_column() -> None:
    own = [result(), result(data_kind="real", lists="official"), result(protocol="lodo_siw")]
    made = study_table("study", own, [published(acer=0.1, apcer=0.15, bpcer=0.05)])
    titles = [f"{column.title} ({column.data_kind})" for column in made.columns]
    assert titles == [
        "grandtest (simulated)",
        "grandtest, official lists (real)",
        "grandtest, GRAD-GPAD v2, official lists (published)",
        "lodo siw (simulated)",
    ]
    assert made.rows[-1] == "auxiliary (published)"
    assert {column for row, column in made.cells if row == made.rows[-1]} == {made.columns[2]}
    assert {row for row, column in made.cells if column == made.columns[2]} == {made.rows[-1]}
    assert made.notes[-1] == "Published by others."
    assert not made.cells[made.rows[-1], made.columns[2]].is_best
    assert made.long["acer"].tolist()[-1] == 0.1


def test_what_was_not_published_is_a_dash() -> None:
    made = study_table("study", [result()], [published(acer=0.1, apcer=0.2)])
    assert made.cells[made.rows[-1], made.columns[-1]].parts == "(20.0 / –)"


def test_a_scorer_named_as_its_method_is_named_once() -> None:
    assert table(result(method="theirs", scorer="theirs")).rows == ("theirs",)
