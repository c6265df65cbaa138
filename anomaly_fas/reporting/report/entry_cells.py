"""Cells of a report's tables that show figures of an entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anomaly_fas.reporting.cells import bounds, figure_cell
from anomaly_fas.reporting.report.content import entry_key, part_key
from anomaly_fas.reporting.tables import Cell

if TYPE_CHECKING:
    from anomaly_fas.metrics.evaluation import EvaluatedFigure
    from anomaly_fas.metrics.groups import Part
    from anomaly_fas.reporting.report.entries import Entry


def figures_of(entry: Entry, part: Part) -> dict[str, EvaluatedFigure]:
    """Of a part of the data at the headline threshold, by name."""
    return entry.evaluation.figures[entry.evaluation.headline].get(part, {})


def cell_of(entry: Entry, threshold: str, part: Part, name: str) -> Cell:
    """A figure with its spread and interval."""
    own = entry.evaluation.figures[threshold].get(part, {}).get(name)
    return estimate_cell(own, figure_key(entry, threshold, part, name))


def figure_key(entry: Entry, threshold: str, part: Part, name: str) -> str:
    """Where the figure stands in the report's metrics.json."""
    return "|".join((entry_key(entry), threshold, part_key(part), name))


def estimate_cell(estimate: EvaluatedFigure | None, figure: str = "") -> Cell:
    """A figure in percent with its spread over seeds and its bootstrap interval."""
    if estimate is None:
        return Cell()
    return figure_cell(estimate.value, estimate.bootstrap, estimate.spread, figure)


def exact_cell(estimate: EvaluatedFigure | None, figure: str) -> Cell:
    """The exact binomial interval of a rate, with its errors and samples."""
    if estimate is None or estimate.count is None:
        return Cell()
    low = estimate.binomial.low if estimate.binomial else None
    counts = f"{estimate.count.errors} of {estimate.count.samples}"
    return Cell(bounds(estimate.binomial), low, figure, counts)


def words(name: str) -> str:
    """A name as people read it."""
    return name.replace("_", " ")
