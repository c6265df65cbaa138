"""A study's table, from results with figures that are easily averaged by hand."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from anomaly_fas.reporting.published import PublishedResult
from anomaly_fas.reporting.study import Column, RunFacts
from anomaly_fas.reporting.study_table import Result, StudyTable, study_table
from anomaly_fas.reporting.tables import Cell, markdown

COMMIT = "0123456789abcdef0123456789abcdef01234567"
GRANDTEST = "grandtest\n(simulated)"
PUBLISHED = "grandtest, GRAD-GPAD v2, official lists\n(published)"
LODO = "lodo siw\n(simulated)"


def result(apcer: float = 0.3, bpcer: float = 0.1, **changes: Any) -> Result:
    figures = {"apcer": apcer, "bpcer": bpcer, "acer": (apcer + bpcer) / 2, "hter": 0.125}
    facts = {
        "protocol": "grandtest",
        "lists": "leak_free",
        "data_kind": "simulated",
        "method": "objective",
        "seed": 0,
        "config_hash": "aaaa",
        "commit": COMMIT,
        "version": "0.1.0",
    }
    scorer = changes.pop("scorer", "few_shot")
    return Result(RunFacts(**(facts | changes)), scorer, figures)


def table(*results: Result) -> StudyTable:
    return study_table("study", results)


def methods(made: StudyTable) -> list[str]:
    return made.table.frame["method"].tolist()


def cells(made: StudyTable, column: str = GRANDTEST) -> dict[str, Cell]:
    """The cells of a column, by method."""
    rows = [dict(zip(made.table.header, row, strict=True)) for row in made.table.rows]
    return {row["method"].text: row[column] for row in rows}


def best(made: StudyTable, column: str = GRANDTEST) -> list[str]:
    return [row for row, cell in cells(made, column).items() if cell.is_bold]


def test_mean_and_spread_over_seeds_in_percent() -> None:
    made = table(result(0.2, 0.0, seed=0), result(0.5, 0.1, seed=1), result(0.5, 0.2, seed=2))
    (row,) = made.long.to_dict("records")
    # ACER is 10, 30 and 35 %: mean 25, squared distances 225, 25 and 100 over 2.
    assert (row["acer"], row["apcer"], row["bpcer"]) == pytest.approx((0.25, 0.4, 0.1))
    assert row["acer_std"] == pytest.approx(175**0.5 / 100)
    (cell,) = cells(made).values()
    assert cell.order == row["acer"]
    assert cell.text == "25.0 ± 13.2"
    assert cell.detail == "(40.0 / 10.0)"


def test_a_single_seed_has_no_spread() -> None:
    made = table(result())
    assert made.long["acer_std"].tolist() == [None]
    assert cells(made)["objective (few_shot)"].text == "20.0"


def test_the_lowest_mean_of_a_column_is_best() -> None:
    made = table(
        result(0.1, seed=0),
        result(0.9, seed=1),
        result(0.4, seed=0, method="bce", scorer="logit"),
        result(0.4, seed=1, method="bce", scorer="logit"),
        result(0.8, method="bce", scorer="logit", protocol="lodo_siw"),
    )
    assert best(made) == ["bce (logit)"]
    assert best(made, LODO) == ["bce (logit)"]


def test_equally_low_means_are_both_best() -> None:
    assert best(table(result(), result(scorer="live_centre"))) == [
        "objective (few_shot)",
        "objective (live_centre)",
    ]


@pytest.mark.parametrize("other", [{"data_kind": "real"}, {"lists": "official"}])
def test_numbers_that_cannot_be_compared_share_no_column(other: dict[str, str]) -> None:
    made = table(result(0.3), result(0.5, **other))
    assert methods(made) == ["objective (few_shot)"]
    assert sorted(cell.text for cell in made.table.rows[0][1:]) == ["20.0", "30.0"]
    assert all(cell.is_bold for cell in made.table.rows[0][1:])
    assert sorted(made.long["apcer"]) == [0.3, 0.5]


def test_several_configs_of_a_method_are_told_apart_by_their_hash() -> None:
    made = table(
        result(0.3, config_hash="aaaa"),
        result(0.5, config_hash="bbbb"),
        result(0.4, method="bce", scorer="logit", config_hash="cccc"),
    )
    assert methods(made) == [
        "objective (few_shot) aaaa",
        "objective (few_shot) bbbb",
        "bce (logit)",
    ]
    assert [cell.text for cell in cells(made).values()] == ["20.0", "30.0", "25.0"]


def test_a_hash_that_differs_between_protocols_alone_is_not_shown() -> None:
    made = table(result(), result(protocol="lodo_siw", config_hash="bbbb"))
    assert methods(made) == ["objective (few_shot)"]
    assert made.table.header == ("method", GRANDTEST, LODO)


def test_grandtest_and_the_anomaly_methods_come_first() -> None:
    made = table(
        result(protocol="cross_dataset_siw", method="bce"), result(), result(protocol="lodo_siw")
    )
    assert made.table.header == (
        "method", GRANDTEST, "cross dataset siw\n(simulated)", LODO,
    )  # fmt: skip
    assert methods(made) == ["objective (few_shot)", "bce (few_shot)"]
    assert cells(made)["bce (few_shot)"].full == "–"


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
    assert made.table.note.splitlines()[1:] == [
        "Data: real, simulated. Seeds: 2, 3, 10. "
        "anomaly_fas 0.1.0, 0.2.0, commit 0123456789ab, eeeeeeeeeeee+, unknown "
        "(+: with uncommitted changes)."
    ]
    assert "uncommitted" not in table(result()).table.note


def published(protocol: str = "grandtest", **figures: float) -> PublishedResult:
    column = Column(protocol, "official", "published", "GRAD-GPAD v2")
    return PublishedResult(column, "auxiliary (published)", figures, "Published by others.")


def test_published_figures_stand_beside_ours_and_never_in_one_column() -> None:
    own = [result(), result(data_kind="real", lists="official"), result(protocol="lodo_siw")]
    made = study_table("study", own, [published(acer=0.1, apcer=0.15, bpcer=0.05)])
    assert made.table.header == (
        "method",
        GRANDTEST,
        "grandtest, official lists\n(real)",
        PUBLISHED,
        LODO,
    )
    assert methods(made)[-1] == "auxiliary (published)"
    texts = made.table.frame.set_index("method")
    assert texts.columns[texts.loc["auxiliary (published)"] != "–"].tolist() == [PUBLISHED]
    assert texts.index[texts[PUBLISHED] != "–"].tolist() == ["auxiliary (published)"]
    assert made.table.note.splitlines()[-1] == "Published by others."
    assert best(made, PUBLISHED) == []
    assert made.long["acer"].tolist()[-1] == 0.1


def test_what_was_not_published_is_a_dash() -> None:
    made = study_table("study", [result()], [published(acer=0.1, apcer=0.2)])
    assert cells(made, PUBLISHED)["auxiliary (published)"].detail == "(20.0 / –)"


def test_a_scorer_named_as_its_method_is_named_once() -> None:
    assert methods(table(result(method="theirs", scorer="theirs"))) == ["theirs"]


def test_four_files_are_written_and_named(tmp_path: Path) -> None:
    made = study_table("study", [result()], [published(acer=1 / 3)])
    folder = tmp_path / "tables" / "study"
    paths = made.write(folder)
    assert paths == [folder / f"table.{suffix}" for suffix in ("md", "csv", "tex", "html")]
    assert sorted(folder.iterdir()) == sorted(paths)
    assert paths[0].read_text(encoding="utf-8") == markdown(made.table)
    rows = pd.read_csv(paths[1])
    assert rows["method"].tolist() == ["objective", "auxiliary (published)"]
    assert rows["acer"].tolist() == [0.2, 1 / 3]
    assert rows["auc"].isna().all()
    assert "<title>study</title>" in paths[3].read_text(encoding="utf-8")
