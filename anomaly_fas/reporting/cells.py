"""Cells of tables that show figures: percent, percentage points, intervals."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from anomaly_fas.reporting.tables import ABSENT, Cell

if TYPE_CHECKING:
    from collections.abc import Callable

    from anomaly_fas.metrics.intervals import Interval


def percent(fraction: float) -> str:
    """A fraction in percent, as all tables show it.

    Example:
        >>> percent(0.1234), percent(float("nan"))
        ('12.3', '–')
    """
    return ABSENT if isnan(fraction) else f"{100 * fraction:.1f}"


def points(fraction: float) -> str:
    """A difference of fractions in percentage points.

    Example:
        >>> points(0.0123), points(-0.5), points(-0.0001)
        ('+1.2', '−50.0', '0.0')
    """
    rounded = round(100 * fraction, 1)
    return f"{rounded:+.1f}".replace("-", "−") if rounded else "0.0"


def bounds(interval: Interval | None, shown: Callable[[float], str] = percent) -> str:
    """An interval in brackets, empty if there is none.

    Args:
        interval: fractions.
        shown: text of a bound.
    """
    return "" if interval is None else f"[{shown(interval.low)}, {shown(interval.high)}]"


def figure_cell(
    value: float, interval: Interval | None = None, spread: float | None = None, figure: str = ""
) -> Cell:
    """A figure in percent.

    Args:
        value: fraction.
        interval: of the value.
        spread: standard deviation over seeds or draws.
        figure: path of the number in a report's metrics.json.
    """
    deviation = "" if spread is None else f" ± {100 * spread:.1f}"
    return Cell(percent(value) + deviation, value, figure, bounds(interval))


def points_cell(value: float, interval: Interval | None, remark: str = "") -> Cell:
    """A difference in percentage points, with its sign.

    Args:
        value: difference of fractions.
        interval: of the difference.
        remark: text after the interval, such as a p-value.
    """
    detail = " ".join(filter(None, [bounds(interval, points), remark]))
    return Cell(points(value), value, detail=detail)
