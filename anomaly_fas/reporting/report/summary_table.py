"""The first table of a report: ACER of every method under every protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anomaly_fas.metrics.groups import Part
from anomaly_fas.reporting.cells import figure_cell
from anomaly_fas.reporting.report.content import entry_key, part_key
from anomaly_fas.reporting.report.entry_cells import estimate_cell
from anomaly_fas.reporting.tables import Cell, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anomaly_fas.reporting.column import Column
    from anomaly_fas.reporting.published import PublishedResult
    from anomaly_fas.reporting.report.entries import Entry


def summary_table(entries: Sequence[Entry], published: Sequence[PublishedResult]) -> Table:
    """Methods down, protocols across; what others published stands in columns of its own.

    Args:
        entries: of all protocols.
        published: figures under the same protocols.
    """
    columns = sorted(
        {entry.column for entry in entries} | {other.column for other in published},
        key=lambda column: column.order,
    )
    cells: dict[tuple[str, Column], Cell] = {}
    for entry in entries:
        headline = entry.evaluation.headline
        key = "|".join((entry_key(entry), headline, part_key(Part()), "acer"))
        acer = entry.evaluation.figures[headline][Part()]["acer"]
        cells[entry.name, entry.column] = estimate_cell(acer, key)
    for other in published:
        cells[other.name, other.column] = figure_cell(other.figures["acer"])
    names = dict.fromkeys([e.name for e in entries] + [other.name for other in published])
    notes = [
        "ACER on test in percent, the mean of BPCER and the APCER of the worst coarse PAI species, "
        "at the headline threshold. In brackets: 95 % bootstrap interval over subjects. Columns of "
        "different data kinds are not comparable.",
        *dict.fromkeys(other.note for other in published),
    ]
    return Table(
        "summary",
        "ACER of every method under every protocol",
        ("method", *(f"{column.title} ({column.data_kind})" for column in columns)),
        tuple(
            (Cell(name), *(cells.get((name, column), Cell()) for column in columns))
            for name in names
        ),
        " ".join(notes),
    )
