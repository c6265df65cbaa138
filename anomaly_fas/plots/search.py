"""How a search went: devel ACER by trial, and against each value that was tried."""

from collections.abc import Collection, Sequence
from math import ceil, floor, log10
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullFormatter

from anomaly_fas.plots.layout import fit, panels
from anomaly_fas.plots.style import ATTACK, BLUE, GREY, plain, styled

_COLUMNS: Final = 3


@styled
def search_figure(trials: pd.DataFrame, keys: Sequence[str], log: Collection[str] = ()) -> Figure:
    """Draw the history of a search, and a panel for each key of its space, on its scale.

    A trial has a row: `number`, `state` (`complete`, `fail`, …), `devel_acer` as a fraction where
    it is complete, and the value of each key.
    """
    complete = trials[trials["state"] == "complete"].sort_values("number")
    figure, grid = panels(1 + len(keys), (2.6, 2.0), columns=_COLUMNS, between=(0.35, 0.6))
    _draw_history(grid[0], complete, trials[trials["state"] == "fail"])
    for number, (axes, key) in enumerate(zip(grid[1:], keys, strict=True), start=1):
        _draw_slice(axes, complete, key, is_log=key in log)
        axes.sharey(grid[0])
        axes.tick_params(labelleft=number % _COLUMNS == 0)
    grid[0].set_ylim(bottom=0)
    for axes in grid[::_COLUMNS]:
        axes.set_ylabel("devel ACER (%)")
    return fit(figure)


def _draw_history(axes: Axes, complete: pd.DataFrame, failed: pd.DataFrame) -> None:
    acer = 100 * complete["devel_acer"]
    axes.scatter(complete["number"], acer, s=14, color=BLUE, clip_on=False)
    axes.step(complete["number"], acer.cummin(), where="post", color=ATTACK, label="least so far")
    if len(failed):
        axes.plot(
            failed["number"], [0.02] * len(failed), "x", color=GREY, markersize=4, label="failed",
            transform=axes.get_xaxis_transform(),
        )  # fmt: skip
    axes.set_xlabel("trial")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, borderaxespad=0.2)


def _draw_slice(axes: Axes, complete: pd.DataFrame, key: str, *, is_log: bool) -> None:
    """Draw every trial at its value, and mark the best one."""
    values = complete[key].tolist()
    places: Any = values
    if not all(type(value) in {int, float} for value in values):
        names = sorted({str(value) for value in values})
        places = [names.index(str(value)) for value in values]
        axes.set_xticks(range(len(names)), [plain(name) for name in names])
        axes.set_xlim(-0.5, max(len(names), 1) - 0.5)
    elif is_log and values:
        axes.set_xscale("log")
        decades = floor(log10(min(values))), ceil(log10(max(values)))
        axes.set_xlim(10.0 ** decades[0], 10.0 ** max(decades[1], decades[0] + 1))
        axes.xaxis.set_minor_formatter(NullFormatter())
    acer = (100 * complete["devel_acer"]).tolist()
    axes.scatter(places, acer, s=14, color=BLUE, clip_on=False)
    if acer:
        best = acer.index(min(acer))
        axes.scatter(places[best], acer[best], s=70, marker="o", facecolor="none",
                     edgecolor=ATTACK, linewidth=1.4, clip_on=False)  # fmt: skip
    axes.set_xlabel(plain(key))
