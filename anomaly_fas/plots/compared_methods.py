"""Figures or differences with their intervals: a row per method or level, several panels."""

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

Look = Literal["first", "tied", "behind", "better", "alike", "worse", "ACER", "EER"]

LOOKS: Final[Mapping[Look, tuple[str, str, str]]] = {
    "first": (BLUE, "D", BLUE),
    "tied": (BLUE, "o", BLUE),
    "behind": (ATTACK, "o", "white"),
    "better": (BLUE, "o", BLUE),
    "alike": (GREY, "s", "white"),
    "worse": (ATTACK, "^", ATTACK),
    "ACER": (ATTACK, "o", ATTACK),
    "EER": (BLUE, "s", "white"),
}
"""Colour, marker and its filling."""

RATES: Final[tuple[Literal["ACER", "EER"], ...]] = ("ACER", "EER")
"""Looks of error rates, in the order in which they are drawn."""

_COLUMNS: Final = 3


@dataclass(frozen=True)
class Dot:
    """A mean in a panel, in percent or percentage points.

    Attributes:
        row: name of its row, or its level.
        value: the mean.
        interval: its bounds, if known.
        look: how it compares, or its error rate.
        parts: values of single protocols or seeds, drawn small.
        aside: distance below the middle of its row, in rows.
    """

    row: str | float
    value: float
    interval: tuple[float, float] | None
    look: Look
    parts: tuple[float, ...] = ()
    aside: float = 0.0

    @property
    def reach(self) -> tuple[float, float]:
        """Lengths of the bars below and above the mean."""
        low, high = self.interval or (self.value, self.value)
        return self.value - low, high - self.value


@styled
def methods_figure(
    found: Mapping[str, Sequence[Dot]],
    rows: Sequence[str],
    label: str,
    title: str,
    names: Mapping[Look, str],
    *,
    of_differences: bool = False,
    share_scale: bool = False,
    rules: Sequence[float] = (),
) -> Figure:
    """Draw all panels over the same rows.

    Args:
        found: title of a panel to its dots; a row that it lacks is empty.
        rows: names of the rows, from the top.
        label: label of the horizontal axes.
        title: title of the figure.
        names: names of the looks, for the legend.
        of_differences: whether a line marks 0; error rates begin there instead.
        share_scale: whether all horizontal axes are alike.
        rules: places of lines between rows, in rows from the top.
    """
    columns = min(len(found), _COLUMNS)
    size = (3.2, 0.4 + 0.24 * len(rows))
    lines = max(name.count("\n") + 1 for name in found)
    figure, grid = panels(len(found), size, columns, between=(0.25, 0.6 + 0.16 * lines))
    for number, (axes, (name, dots)) in enumerate(zip(grid, found.items(), strict=True)):
        for dot in dots:
            _draw(axes, dot, rows.index(dot.row) + dot.aside)
        if of_differences:
            axes.axvline(0, color=GREY, linewidth=1.0, zorder=1)
        for rule in rules:
            axes.axhline(rule, color="#999999", linewidth=0.8, zorder=1)
        axes.set(ylim=(len(rows) - 0.5, -0.5), xlabel=label)
        axes.set_title(plain(name), fontsize=9)
        axes.set_yticks(range(len(rows)), [plain(row.replace("_", " ")) for row in rows])
        axes.tick_params(axis="y", length=0, labelleft=number % columns == 0)
        if not of_differences:
            axes.set_xlim(left=0)
    if share_scale:
        bounds = [axes.get_xlim() for axes in grid]
        for axes in grid:
            axes.set_xlim(min(low for low, _ in bounds), max(high for _, high in bounds))
    used = {dot.look for dots in found.values() for dot in dots}
    legend_below(figure, [_handle(own, names[own]) for own in names if own in used], ncols=3)
    title_above(figure, title)
    return fit(figure)


def _draw(axes: Axes, dot: Dot, row: float) -> None:
    colour, marker, filling = LOOKS[dot.look]
    if dot.parts:
        axes.plot(dot.parts, [row] * len(dot.parts), "|", color="#999999", markersize=5, zorder=2)
    below, above = dot.reach
    axes.errorbar(
        [dot.value], [row], xerr=[[below], [above]],
        linestyle="none", marker=marker, markersize=5.5, markerfacecolor=filling,
        elinewidth=1.3, capsize=2.5, color=colour, zorder=3,
    )  # fmt: skip


def _handle(look: Look, name: str) -> Line2D:
    colour, marker, filling = LOOKS[look]
    return Line2D(
        [], [], color=colour, marker=marker, markersize=5.5, markerfacecolor=filling, label=name
    )
