"""A factor's levels: error rates against them, and how they differ from the base."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import log10
from textwrap import fill
from typing import TYPE_CHECKING, Final, Literal

from anomaly_fas.plots.compared_methods import LOOKS
from anomaly_fas.plots.layout import fit, legend_below, panels, title_above
from anomaly_fas.plots.style import GREY, plain, styled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_DECADE: Final = 10
"""Ratio of the largest to the least level from which on they are spaced by their logarithms."""

_LEGEND: Final = "Shaded: base. Dots: single seeds. Bars: 95 % interval, other seeds and subjects"

_WIDTH: Final = 44
"""Letters that the width of a panel holds."""


@dataclass(frozen=True)
class LevelFigure:
    """A figure at a level, in percent or percentage points.

    Attributes:
        level: where on the axis.
        value: the mean over seeds.
        interval: its bounds, if there are any.
        by_seed: of each seed.
    """

    level: str | float
    value: float
    interval: tuple[float, float] | None
    by_seed: tuple[float, ...] = ()


@dataclass(frozen=True)
class Series:
    """The figures of one error rate, drawn alike.

    Attributes:
        name: of the error rate, which gives it its look.
        figures: one a level.
    """

    name: Literal["ACER", "EER"]
    figures: tuple[LevelFigure, ...]


@dataclass(frozen=True)
class LevelPanels:
    """What is drawn of a split, above each other.

    Attributes:
        figures: in percent.
        differences: to the base, in percentage points; the base has none.
    """

    figures: tuple[Series, ...]
    differences: tuple[Series, ...]


def positions(levels: Sequence[str | float]) -> dict[str | float, float]:
    """Where levels stand on an axis.

    Numbers stand at their values or, if they span a decade, at their logarithms, 0 then as far
    left of the others as two of them are apart; words stand in their order.

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
    columns: Mapping[str, LevelPanels],
) -> Figure:
    """Figures of each level and, below, their differences to the base; a column a split.

    Args:
        label: of the factor.
        levels: in order, with their names.
        base: the level that others are compared with, which is marked.
        columns: title to what is drawn.
    """
    figure, grid = panels(2 * len(columns), (3.3, 1.7), len(columns), between=(0.2, 0.2))
    upper, lower = grid[: len(columns)], grid[len(columns) :]
    places = positions(list(levels))
    for axes, (title, own) in zip(upper, columns.items(), strict=True):
        _draw(axes, own.figures, places)
        axes.set_title(plain(title))
    for axes, own in zip(lower, columns.values(), strict=True):
        _draw(axes, own.differences, places)
        axes.axhline(0, color=GREY, linewidth=1.0, zorder=1)
        axes.set_xlabel(fill(plain(label), _WIDTH))
    for axes in grid:
        axes.axvline(places[base], color="#ececec", linewidth=22, zorder=0)
        _name_levels(axes, levels, places, shown=axes in lower)
    for row, name in ((upper, "error rate (%)"), (lower, "less base (points)")):
        _share_heights(row)
        row[0].set_ylabel(name)
    legend_below(figure, grid[0].get_legend_handles_labels()[0], ncols=2)
    title_above(figure, _LEGEND)
    return fit(figure)


def _draw(axes: Axes, series: Sequence[Series], places: Mapping[str | float, float]) -> None:
    span = (max(places.values()) - min(places.values())) or 1
    narrowest = _narrowest(places)
    for number, one in enumerate(series):
        aside = min(0.025 * span, narrowest / 6) * (2 * number - len(series) + 1)
        colour, marker, filling = LOOKS[one.name]
        where = [places[own.level] + aside for own in one.figures]
        for x, own in zip(where, one.figures, strict=True):
            axes.plot(
                [x + 0.9 * aside] * len(own.by_seed), own.by_seed, ".",
                color=colour, markersize=3.5, alpha=0.6,
            )  # fmt: skip
        axes.errorbar(
            where,
            [own.value for own in one.figures],
            yerr=[
                [0.0 if o.interval is None else o.value - o.interval[0] for o in one.figures],
                [0.0 if o.interval is None else o.interval[1] - o.value for o in one.figures],
            ],
            linestyle="none", marker=marker, markersize=5.5, markerfacecolor=filling,
            elinewidth=1.2, capsize=2.5, color=colour, label=one.name, zorder=3,
        )  # fmt: skip
    axes.set_xlim(min(places.values()) - 0.12 * span, max(places.values()) + 0.12 * span)


def _narrowest(places: Mapping[str | float, float]) -> float:
    ordered = sorted(places.values())
    return min((b - a for a, b in pairwise(ordered)), default=1.0)


def _name_levels(
    axes: Axes,
    levels: Mapping[str | float, str],
    places: Mapping[str | float, float],
    *,
    shown: bool,
) -> None:
    words = any(isinstance(level, str) for level in levels)
    labels = [name.replace(" ", "\n") if words else name for name in levels.values()]
    axes.set_xticks([places[level] for level in levels], labels if shown else [""] * len(labels))
    axes.grid(visible=False, axis="x")


def _share_heights(row: Sequence[Axes]) -> None:
    bounds = [axes.get_ylim() for axes in row]
    for axes in row:
        axes.set_ylim(min(low for low, _ in bounds), max(high for _, high in bounds))
        axes.tick_params(labelleft=axes is row[0])
