"""All levels of all factors at one glance: how much each differs from the base."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anomaly_fas.plots.factor import LOOKS
from anomaly_fas.plots.layout import fit, legend_below, panels, title_above
from anomaly_fas.plots.style import GREY, plain, styled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from anomaly_fas.plots.factor import Series

Differences = dict[str, tuple["Series", ...]]
"""Factor to what is drawn of its levels, the base left out."""


@styled
def overview_figure(
    columns: Mapping[str, Differences], names: Mapping[tuple[str, str | float], str]
) -> Figure:
    """A panel a split, a row a level, the rows of a factor together.

    Args:
        columns: title to differences in percentage points.
        names: factor and level to the name of the row, in order.
    """
    rows = {key: row for row, key in enumerate(names)}
    figure, grid = panels(len(columns), (3.3, 0.26 * len(rows)), len(columns), between=(0.25, 0))
    for axes, (title, factors) in zip(grid, columns.items(), strict=True):
        axes.axvline(0, color=GREY, linewidth=1.0, zorder=1)
        for factor, series in factors.items():
            for number, one in enumerate(series):
                _draw(axes, factor, one, rows, aside=0.3 * (number - (len(series) - 1) / 2))
        _rule(axes, list(names))
        axes.set(ylim=(len(rows) - 0.5, -0.5), title=plain(title))
        axes.set_xlabel("percentage points more than the base")
        axes.set_yticks(list(rows.values()), [plain(name) for name in names.values()])
        axes.tick_params(axis="y", length=0, labelleft=axes is grid[0])
        axes.grid(visible=False, axis="y")
    for axes in grid:
        axes.set_xlim(min(a.get_xlim()[0] for a in grid), max(a.get_xlim()[1] for a in grid))
    handles = {str(h.get_label()): h for a in grid for h in a.get_legend_handles_labels()[0]}
    legend_below(figure, list(handles.values()), ncols=2)
    title_above(figure, "Left of 0: fewer errors. Bars: 95 % interval, other seeds and subjects")
    return fit(figure)


def _draw(
    axes: Axes, factor: str, series: Series, rows: Mapping[tuple[str, str | float], int],
    aside: float,
) -> None:  # fmt: skip
    colour, marker, filling = LOOKS[series.name]
    figures = series.figures
    axes.errorbar(
        [own.value for own in figures],
        [rows[factor, own.level] + aside for own in figures],
        xerr=[
            [0.0 if o.interval is None else o.value - o.interval[0] for o in figures],
            [0.0 if o.interval is None else o.interval[1] - o.value for o in figures],
        ],
        linestyle="none", marker=marker, markersize=4.5, markerfacecolor=filling,
        elinewidth=1.2, capsize=2, color=colour, label=series.name, zorder=3,
    )  # fmt: skip


def _rule(axes: Axes, keys: list[tuple[str, str | float]]) -> None:
    """A line between the rows of two factors."""
    for row in range(1, len(keys)):
        if keys[row][0] != keys[row - 1][0]:
            axes.axhline(row - 0.5, color="#999999", linewidth=0.8, zorder=1)
