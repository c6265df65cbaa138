"""Cells that show a figure of an entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anomaly_fas.reporting.report.entries import ALL
from anomaly_fas.reporting.report.figures import part_key
from anomaly_fas.reporting.tables import Cell, bounds, figure_cell

if TYPE_CHECKING:
    from anomaly_fas.metrics.groups import Part
    from anomaly_fas.reporting.report.entries import Entry


def entry_cell(entry: Entry, name: str, part: Part = ALL, threshold: str = "") -> Cell:
    """A figure in percent with its spread over seeds and its bootstrap interval.

    Args:
        entry: that has the figure, or lacks it.
        name: of the figure.
        part: of the data.
        threshold: name of the threshold; empty for the headline one.
    """
    estimate = entry.figures(part, threshold).get(name)
    if estimate is None:
        return Cell()
    path = _path(entry, name, part, threshold)
    return figure_cell(estimate.value, estimate.bootstrap, estimate.spread, path)


def exact_cell(entry: Entry, name: str, part: Part = ALL) -> Cell:
    """The exact binomial interval of a rate at the headline threshold, with errors and samples."""
    estimate = entry.figures(part).get(name)
    if estimate is None or estimate.count is None or estimate.binomial is None:
        return Cell()
    counts = f"{estimate.count.errors} of {estimate.count.samples}"
    path = f"{_path(entry, name, part)}/binomial"
    return Cell(bounds(estimate.binomial), estimate.binomial.low, path, counts)


def _path(entry: Entry, name: str, part: Part, threshold: str = "") -> str:
    """Place of the figure in the report's metrics.json."""
    return "|".join((entry.key, threshold or entry.evaluation.headline, part_key(part), name))
