"""Means with their intervals as dots: methods in rows, or a factor's levels along an axis."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log10
from textwrap import fill
from typing import Final, Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from anomaly_fas.plots.layout import fit, legend_below, panels, title_above
from anomaly_fas.plots.style import ATTACK, BLUE, GREY, plain, styled

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

_DECADE: Final = 10
"""Ratio of the largest to the least level from which on they are spaced by their logarithms."""

_LEGEND: Final = "Shaded: base. Dots: single seeds. Bars: 95 % interval, other seeds and subjects"

_WIDTH: Final = 44
"""Letters that the width of a panel holds."""


@dataclass(frozen=True)
class Dot:
    """A mean in a panel, in percent or percentage points.

    Attributes:
        row: name of its row, or its level.
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


def positions(levels: Sequence[str | float]) -> dict[str | float, float]:
    """Place levels on an axis.

    Numbers are at their values or, if they span a decade, at their logarithms, 0 then as far left
    of the others as two of them are apart; words are in their order.

    Example:
        >>> positions([0, 0.01, 0.1, 1])
        {0: -3.0, 0.01: -2.0, 0.1: -1.0, 1: 0.0}
        >>> positions(["a", "b"]), positions([0, 0.2, 1])
        ({'a': 0.0, 'b': 1.0}, {0: 0.0, 0.2: 0.2, 1: 1.0})
    """
    numbers = [level for level in levels if not isinstance(level, str)]
    positive = sorted(level for level in numbers if level > 0)
    if len(numbers) < len(levels):
        return {level: float(place) for place, level in enumerate(levels)}
    if min(numbers) < 0 or len(positive) < 2 or positive[-1] < _DECADE * positive[0]:
        return {level: float(level) for level in numbers}
    step = log10(positive[-1] / positive[0]) / (len(positive) - 1)
    return {level: log10(level) if level else log10(positive[0]) - step for level in numbers}


@styled
def factor_figure(
    label: str,
    levels: Mapping[str | float, str],
    base: str | float,
    columns: Mapping[str, tuple[Sequence[Dot], Sequence[Dot]]],
) -> Figure:
    """Draw figures of each level and, below, their differences to the base; a column per split.

    Args:
        label: name of the factor.
        levels: levels in order, with their names.
        base: the level that others are compared with, which is marked.
        columns: title to error rates of the levels in percent, and to differences in percentage
            points; the base has no difference.
    """
    figure, grid = panels(2 * len(columns), (3.3, 1.7), len(columns), between=(0.2, 0.2))
    upper, lower = grid[: len(columns)], grid[len(columns) :]
    places = positions(list(levels))
    for above, below, (title, (rates, differences)) in zip(
        upper, lower, columns.items(), strict=True
    ):
        _draw_levels(above, rates, places)
        above.set_title(plain(title))
        _draw_levels(below, differences, places)
        below.axhline(0, color=GREY, linewidth=1.0, zorder=1)
        below.set_xlabel(fill(plain(label), _WIDTH))
    are_words = any(isinstance(level, str) for level in levels)
    names = [name.replace(" ", "\n") if are_words else name for name in levels.values()]
    for axes in grid:
        axes.axvline(places[base], color="#ececec", linewidth=22, zorder=0)
        axes.set_xticks(
            [places[level] for level in levels], names if axes in lower else [""] * len(names)
        )
        axes.grid(visible=False, axis="x")
    for row, name in ((upper, "error rate (%)"), (lower, "less base (points)")):
        bounds = [axes.get_ylim() for axes in row]
        for axes in row:
            axes.set_ylim(min(low for low, _ in bounds), max(high for _, high in bounds))
            axes.tick_params(labelleft=axes is row[0])
        row[0].set_ylabel(name)
    legend_below(figure, grid[0].get_legend_handles_labels()[0], ncols=2)
    title_above(figure, _LEGEND)
    return fit(figure)


def _draw_levels(axes: Axes, dots: Sequence[Dot], places: Mapping[str | float, float]) -> None:
    """Draw each error rate a little aside of the places of its levels."""
    span = (max(places.values()) - min(places.values())) or 1
    narrowest = min((b - a for a, b in pairwise(sorted(places.values()))), default=1.0)
    for number, rate in enumerate(RATES):
        aside = min(0.025 * span, narrowest / 6) * (2 * number - len(RATES) + 1)
        colour, marker, filling = LOOKS[rate]
        own = [dot for dot in dots if dot.look == rate]
        where = [places[dot.row] + aside for dot in own]
        for x, dot in zip(where, own, strict=True):
            axes.plot(
                [x + 0.9 * aside] * len(dot.parts), dot.parts, ".",
                color=colour, markersize=3.5, alpha=0.6,
            )  # fmt: skip
        axes.errorbar(
            where, [dot.value for dot in own],
            yerr=[[dot.reach[0] for dot in own], [dot.reach[1] for dot in own]],
            linestyle="none", marker=marker, markersize=5.5, markerfacecolor=filling,
            elinewidth=1.2, capsize=2.5, color=colour, label=rate, zorder=3,
        )  # fmt: skip
    axes.set_xlim(min(places.values()) - 0.12 * span, max(places.values()) + 0.12 * span)
