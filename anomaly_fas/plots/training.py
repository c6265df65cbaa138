"""How a training went: losses, errors on devel and the learning rate against steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from anomaly_fas.plots.style import COLOURS, LINES, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes

_SMOOTHED: Final = 20
"""Steps that a loss is averaged over."""


def training_figure(history: pd.DataFrame) -> Figure:
    """Panels that share the axis of steps; one without data is left out.

    Args:
        history: rows of a run's `metrics.csv`: `step`, `train/<term>`, `devel/<scorer>/acer` and
            `…/eer` as fractions, and `lr-…`.
    """
    panels = [panel for panel in (_losses, _errors, _rates) if panel(history)]
    with mpl.rc_context(SETTINGS):
        figure = Figure(figsize=(6.2, 0.6 + 1.9 * max(len(panels), 1)), layout="constrained")
        FigureCanvasAgg(figure)
        rows = figure.subplots(max(len(panels), 1), 1, sharex=True, squeeze=False)[:, 0]
    for axes, panel in zip(rows, panels, strict=False):
        _draw(axes, panel(history))
        axes.set_ylabel(_TITLES[panel.__name__])
    rows[-1].set_xlabel("training step")
    return figure


_TITLES: Final = {
    "_losses": "loss on train",
    "_errors": "error on devel (%)",
    "_rates": "learning rate",
}


def _losses(history: pd.DataFrame) -> dict[str, pd.Series]:
    return {
        name.removeprefix("train/").replace("_", " "): _series(history, name)
        .rolling(_SMOOTHED, min_periods=1)
        .mean()
        for name in history.columns
        if name.startswith("train/")
    }


def _errors(history: pd.DataFrame) -> dict[str, pd.Series]:
    found = {}
    for name in history.columns:
        place, _, figure = name.rpartition("/")
        if place.startswith("devel/") and place.count("/") == 1 and figure in {"acer", "eer"}:
            scorer = place.removeprefix("devel/").replace("_", " ")
            found[f"{figure.upper()}, {scorer}"] = 100 * _series(history, name)
    return found


def _rates(history: pd.DataFrame) -> dict[str, pd.Series]:
    names = [name for name in history.columns if name.startswith("lr-")]
    return {"learning rate": _series(history, names[0])} if names else {}


def _series(history: pd.DataFrame, name: str) -> pd.Series:
    return history.set_index("step")[name].dropna()


def _draw(axes: Axes, lines: Mapping[str, pd.Series]) -> None:
    for number, (name, values) in enumerate(lines.items()):
        axes.plot(
            values.index.to_numpy(),
            values.to_numpy(),
            color=COLOURS[number % len(COLOURS)],
            linestyle=LINES[number % len(LINES)],
            marker="o" if len(values) < 2 * _SMOOTHED else None,
            markersize=3,
            label=name,
        )
    if len(lines) > 1:
        axes.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1.0, 0.5))
