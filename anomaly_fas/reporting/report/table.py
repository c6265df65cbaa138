"""A table of a report, which every format is written from."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anomaly_fas.metrics.evaluation import Estimate
    from anomaly_fas.metrics.intervals import Interval

ABSENT = "–"
"""What stands in a cell that has nothing to say."""


@dataclass(frozen=True)
class Cell:
    """A cell.

    Attributes:
        text: as it is shown.
        order: what the table sorts by; the text if None.
        figure: path of the number in the report's metrics.json, empty where it is none.
        detail: what follows the text in smaller type, such as an interval.
    """

    text: str
    order: float | None = None
    figure: str = ""
    detail: str = ""

    @property
    def full(self) -> str:
        """Text and detail."""
        return f"{self.text} {self.detail}" if self.detail else self.text


@dataclass(frozen=True)
class ReportTable:
    """Rows under a header, the first column naming the row.

    Attributes:
        name: of its files.
        title: what it shows.
        header: one name a column.
        rows: as many cells as the header has names.
        note: how to read it.
    """

    name: str
    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


def percent(fraction: float) -> str:
    """A fraction in percent, as all tables show it."""
    return ABSENT if isnan(fraction) else f"{100 * fraction:.1f}"


def bounds(interval: Interval | None) -> str:
    """An interval in percent, empty if there is none."""
    return "" if interval is None else f"[{percent(interval.low)}, {percent(interval.high)}]"


def estimate_cell(estimate: Estimate | None, figure: str) -> Cell:
    """A figure in percent with its spread over seeds and its bootstrap interval."""
    if estimate is None:
        return Cell(ABSENT)
    spread = "" if estimate.spread is None else f" ± {100 * estimate.spread:.1f}"
    return Cell(
        percent(estimate.value) + spread, estimate.value, figure, bounds(estimate.bootstrap)
    )


def exact_cell(estimate: Estimate | None, figure: str) -> Cell:
    """The exact binomial interval of a rate, with its errors and samples."""
    if estimate is None or estimate.count is None:
        return Cell(ABSENT)
    low = estimate.binomial.low if estimate.binomial else None
    counts = f"{estimate.count.errors} of {estimate.count.samples}"
    return Cell(bounds(estimate.binomial), low, figure, counts)
