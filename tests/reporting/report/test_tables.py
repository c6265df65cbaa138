"""The tables of a report hold the figures of its entries, a column each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from anomaly_fas.reporting.published import PublishedResult
from anomaly_fas.reporting.report.entries import Entry, Settings, entries
from anomaly_fas.reporting.report.figures import comparisons
from anomaly_fas.reporting.report.tables import protocol_tables, summary_table
from anomaly_fas.reporting.study import Column, finished_runs
from tests.nonempty import nonempty
from tests.reporting.studies import write_run

if TYPE_CHECKING:
    import pandas as pd

    from anomaly_fas.reporting.tables import Table

METHODS = ["objective (few_shot)", "objective (live_centre)"]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[Entry]:
    """The two scorers of a method."""
    study = tmp_path_factory.mktemp("study")
    write_run(study, commit="e" * 40 + "+")
    return entries(finished_runs(study), Settings(replicates=20))


@pytest.fixture(scope="module")
def tables(found: list[Entry]) -> dict[str, Table]:
    made = protocol_tables("x", found, comparisons(found))
    return {table.name.removeprefix("x_"): table for table in made}


def texts(table: Table) -> pd.DataFrame:
    return table.frame.set_index(table.header[0])


def shown(entry: Entry, name: str) -> str:
    return f"{100 * entry.figures()[name].value:.1f}"


def test_tables_without_rows_are_left_out(tables: dict[str, Table]) -> None:
    assert set(tables) == {
        "figures", "species", "operating_points", "thresholds", "by_dataset",
        "by_device", "by_lighting", "by_sex", "by_age", "by_subject", "differences", "provenance",
    }  # fmt: skip


def test_a_row_per_method_and_a_column_per_figure(
    tables: dict[str, Table], found: list[Entry]
) -> None:
    rows = texts(tables["figures"])
    assert list(rows.index) == METHODS
    for entry in nonempty(found):
        for title, name in (("ACER (%)", "acer"), ("EER (%)", "eer"), ("AUC (%)", "auc")):
            assert rows.at[entry.name, title].split()[0] == shown(entry, name)
        assert rows.at[entry.name, "worst species"]


def test_species_have_both_intervals_of_every_method(
    tables: dict[str, Table], found: list[Entry]
) -> None:
    rows = texts(tables["species"])
    assert {"print", "mask", "makeup", "print low", "mask paper"} <= set(rows.index)
    for entry in nonempty(found):
        own = entry.figures()["apcer/mask"]
        assert own.count is not None
        cell = rows.at["mask", f"APCER (%), {entry.name}"]
        assert cell.split()[0] == f"{100 * own.value:.1f}"
        exact = rows.at["mask", f"exact, {entry.name}"]
        assert exact.endswith(f"{own.count.errors} of {own.count.samples}")


def test_thresholds_are_in_the_order_of_their_strictness(tables: dict[str, Table]) -> None:
    rows = tables["thresholds"].frame
    assert rows["method"].tolist() == [method for method in METHODS for _ in range(4)]
    assert rows["threshold"].tolist()[:2] == ["equal error rates on devel", "BPCER 1 % on devel"]
    assert rows["value"].map(float).between(-10, 10).all()


def test_subjects_with_most_errors_come_first(tables: dict[str, Table]) -> None:
    rows = tables["by_subject"].frame
    errors = rows.loc[rows["method"] == METHODS[0], "errors"].map(int)
    assert len(errors) > 1
    assert errors.is_monotonic_decreasing
    assert (errors > 0).all()


def test_differences_and_provenance(tables: dict[str, Table]) -> None:
    rows = texts(tables["differences"])
    assert list(rows.index) == [" − ".join(METHODS)]
    assert " p = " in rows.at[rows.index[0], "ACER (points)"]
    rows = texts(tables["provenance"])
    assert rows["commit"].tolist() == ["e" * 12 + "+"] * 2
    assert rows["devel (bona fide + attack)"].str.contains(" + ", regex=False).all()


def test_the_summary_sets_published_figures_apart(found: list[Entry]) -> None:
    column = Column("grandtest", "official", "published", "GRAD-GPAD v2")
    other = PublishedResult(column, "theirs", {"acer": 0.125}, "Published by others.")
    table = summary_table(found, [other])
    rows = texts(table)
    published = "grandtest, GRAD-GPAD v2, official lists (published)"
    assert list(rows.columns) == ["grandtest (simulated)", published]
    assert rows.at["theirs", published] == "12.5"
    assert rows.at["theirs", "grandtest (simulated)"] == "–"
    assert rows.at[METHODS[0], "grandtest (simulated)"].split()[0] == shown(found[0], "acer")
    assert table.note.endswith("Published by others.")
