"""Cells of a report's tables that show figures of an entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anomaly_fas.reporting.report.content import entry_key, part_key
from anomaly_fas.reporting.report.table import estimate_cell

if TYPE_CHECKING:
    from anomaly_fas.metrics.evaluation import Estimate
    from anomaly_fas.metrics.groups import Part
    from anomaly_fas.reporting.report.entries import Entry
    from anomaly_fas.reporting.report.table import Cell


def figures_of(entry: Entry, part: Part) -> dict[str, Estimate]:
    """Of a part of the data at the headline threshold, by name."""
    return entry.evaluation.figures[entry.evaluation.headline].get(part, {})


def figure_cell(entry: Entry, threshold: str, part: Part, name: str) -> Cell:
    """A figure with its spread and interval."""
    own = entry.evaluation.figures[threshold].get(part, {}).get(name)
    return estimate_cell(own, figure_key(entry, threshold, part, name))


def figure_key(entry: Entry, threshold: str, part: Part, name: str) -> str:
    """Where the figure stands in the report's metrics.json."""
    return "|".join((entry_key(entry), threshold, part_key(part), name))


def words(name: str) -> str:
    """A name as people read it."""
    return name.replace("_", " ")
