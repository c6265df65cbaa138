"""A factor's levels: error rates against them, and how they differ from the base."""

from __future__ import annotations

from itertools import pairwise
from math import log10
from textwrap import fill
from typing import TYPE_CHECKING, Final

from anomaly_fas.plots.compared_methods import LOOKS, RATES
from anomaly_fas.plots.layout import fit, legend_below, panels, title_above
from anomaly_fas.plots.style import GREY, plain, styled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from anomaly_fas.plots.compared_methods import Dot

_DECADE: Final = 10
"""Ratio of the largest to the least level from which on they are spaced by their logarithms."""

_LEGEND: Final = "Shaded: base. Dots: single seeds. Bars: 95 % interval, other seeds and subjects"

_WIDTH: Final = 44
"""Letters that the width of a panel holds."""


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
        _draw(above, rates, places)
        above.set_title(plain(title))
        _draw(below, differences, places)
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


def _draw(axes: Axes, dots: Sequence[Dot], places: Mapping[str | float, float]) -> None:
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
