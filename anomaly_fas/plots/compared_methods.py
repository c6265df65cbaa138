"""Methods against each other: a dot with its interval a method, a panel a family of protocols."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from matplotlib.lines import Line2D

from anomaly_fas.plots.layout import fit, legend_below, panels, title_above
from anomaly_fas.plots.style import ATTACK, BLUE, GREY, plain, styled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Standing = Literal["first", "tied", "behind", "better", "alike", "worse"]

_LOOKS: Final[Mapping[Standing, tuple[str, str, str]]] = {
    "first": (BLUE, "D", BLUE),
    "tied": (BLUE, "o", BLUE),
    "behind": (ATTACK, "o", "white"),
    "better": (BLUE, "o", BLUE),
    "alike": (GREY, "s", "white"),
    "worse": (ATTACK, "^", ATTACK),
}
"""Colour, marker and its filling."""

_COLUMNS: Final = 3


@dataclass(frozen=True)
class Dot:
    """A method in a panel, in percent or percentage points.

    Attributes:
        method: its row.
        value: the mean.
        interval: its bounds, if known.
        standing: how it compares, which gives it its look.
        parts: of single protocols, drawn small.
    """

    method: str
    value: float
    interval: tuple[float, float] | None
    standing: Standing
    parts: tuple[float, ...] = ()


@styled
def methods_figure(
    found: Mapping[str, Sequence[Dot]],
    rows: Sequence[str],
    label: str,
    title: str,
    names: Mapping[Standing, str],
    zero: str = "",
) -> Figure:
    """Draw all panels over the same rows.

    Args:
        found: title of a panel to its dots; a method that it lacks has an empty row.
        rows: names of the methods, from the top.
        label: of the horizontal axes.
        title: of all.
        names: of the looks, for the legend.
        zero: name of the method that differences are to, which gets a line; empty for error rates.
    """
    columns = min(len(found), _COLUMNS)
    size = (3.2, 0.4 + 0.24 * len(rows))
    lines = max(name.count("\n") + 1 for name in found)
    figure, grid = panels(len(found), size, columns, between=(0.25, 0.6 + 0.16 * lines))
    for number, (axes, (name, dots)) in enumerate(zip(grid, found.items(), strict=True)):
        for dot in dots:
            _draw(axes, dot, rows.index(dot.method))
        if zero:
            axes.axvline(0, color=GREY, linewidth=1.0, zorder=1)
        axes.set(ylim=(len(rows) - 0.5, -0.5), xlabel=label)
        axes.set_title(plain(name), fontsize=9)
        axes.set_yticks(range(len(rows)), [plain(row.replace("_", " ")) for row in rows])
        axes.tick_params(axis="y", length=0, labelleft=number % columns == 0)
        if not zero:
            axes.set_xlim(left=0)
    used = {dot.standing for dots in found.values() for dot in dots}
    legend_below(figure, [_handle(own, names[own]) for own in names if own in used], ncols=3)
    title_above(figure, title)
    return fit(figure)


def _draw(axes: Axes, dot: Dot, row: int) -> None:
    colour, marker, filling = _LOOKS[dot.standing]
    if dot.parts:
        axes.plot(dot.parts, [row] * len(dot.parts), "|", color="#999999", markersize=5, zorder=2)
    low, high = dot.interval or (dot.value, dot.value)
    axes.errorbar(
        [dot.value], [row], xerr=[[dot.value - low], [high - dot.value]],
        linestyle="none", marker=marker, markersize=5.5, markerfacecolor=filling,
        elinewidth=1.3, capsize=2.5, color=colour, zorder=3,
    )  # fmt: skip


def _handle(standing: Standing, name: str) -> Line2D:
    colour, marker, filling = _LOOKS[standing]
    return Line2D(
        [], [], color=colour, marker=marker, markersize=5.5, markerfacecolor=filling, label=name
    )
