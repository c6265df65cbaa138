"""How a training went: losses, errors on devel and the learning rate against steps."""

from collections.abc import Callable
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from anomaly_fas.plots.layout import fit, panels
from anomaly_fas.plots.style import COLOURS, LINES, MARKERS, look, plain, styled, words

_AVERAGED: Final = 20
"""Logged values that a line of losses is the mean of."""

_DECADES: Final = 100
"""Ratio of the largest to the least loss from which on the axis is logarithmic."""

_ERRORS: Final = {"acer": "ACER", "eer": "EER"}


@styled
def training_figure(history: pd.DataFrame) -> Figure:
    """Draw panels that share the axis of steps; one without data is left out.

    Args:
        history: rows of a run's `metrics.csv`: `step`, `train/<term>`, `devel/<scorer>/acer` and
            `…/eer` as fractions, and `lr-…`.
    """
    parts: list[tuple[Callable[[Axes, Any], None], dict[Any, pd.Series]]] = [
        (_draw_losses, _logged(history, "train/")),
        (_draw_errors, _errors(history)),
        (_draw_rates, _rates(history)),
    ]
    drawn = [(draw, series) for draw, series in parts if series]
    figure, grid = panels(max(len(drawn), 1), (4.6, 1.5), between=(0, 0.2))
    for axes, (draw, series) in zip(grid, drawn, strict=False):
        draw(axes, series)
        axes.set_xlim(0, 1.02 * max(float(history["step"].max()), 1.0))
        axes.tick_params(labelbottom=axes is grid[-1])
        if len(axes.get_legend_handles_labels()[0]) > 1:
            axes.legend(loc="center left", bbox_to_anchor=(1.02, 0.5))
    grid[-1].set_xlabel("training step" if drawn else "nothing was logged")
    return fit(figure)


def _errors(history: pd.DataFrame) -> dict[tuple[str, str], pd.Series]:
    """Select errors in percent, by scorer and figure."""
    errors = {}
    for name, values in _logged(history, "devel/").items():
        scorer, _, figure = name.rpartition("/")
        if "/" not in scorer and figure in _ERRORS:
            errors[scorer, figure] = 100 * values
    return errors


def _rates(history: pd.DataFrame) -> dict[str, pd.Series]:
    """Select distinct series: groups of parameters mostly share theirs."""
    rates: dict[str, pd.Series] = {}
    for name, values in _logged(history, "lr-").items():
        if not any(values.equals(other) for other in rates.values()):
            rates[name] = values
    return rates


def _logged(history: pd.DataFrame, prefix: str) -> dict[str, pd.Series]:
    """Select columns by prefix, by step; of a step that was repeated, the later value."""
    logged = {}
    for name in history.columns[history.columns.str.startswith(prefix)]:
        values = history.set_index("step")[name].dropna()
        if len(values):
            values = values[~values.index.duplicated(keep="last")].sort_index()
            logged[name.removeprefix(prefix)] = values
    return logged


def _draw_losses(axes: Axes, losses: dict[str, pd.Series]) -> None:
    is_long = max(len(values) for values in losses.values()) >= 2 * _AVERAGED
    for number, (name, values) in enumerate(losses.items()):
        colour, line, marker = look(number)
        if is_long:
            axes.plot(values.index, values, color=colour, linewidth=0.5, alpha=0.4)
            values = values.rolling(_AVERAGED, min_periods=1).mean()  # noqa: PLW2901
        axes.plot(values.index, values, color=colour, linestyle=line, label=words(name),
                  marker=None if is_long else marker, markersize=4)  # fmt: skip
    low = min(values.min() for values in losses.values())
    high = max(values.max() for values in losses.values())
    if low > 0 and high / low > _DECADES:
        axes.set_yscale("log")
    axes.set_ylabel(f"loss on train\n(mean of {_AVERAGED} values)" if is_long else "loss on train")


def _draw_errors(axes: Axes, errors: dict[tuple[str, str], pd.Series]) -> None:
    """Draw a colour and a marker per scorer, a line style per figure."""
    scorers = list(dict.fromkeys(scorer for scorer, _ in errors))
    for (scorer, figure), values in errors.items():
        number = scorers.index(scorer)
        axes.plot(
            values.index, values, color=COLOURS[number % len(COLOURS)],
            linestyle=LINES[list(_ERRORS).index(figure)], marker=MARKERS[number % len(MARKERS)],
            markersize=4, label=plain(f"{_ERRORS[figure]}, {scorer}"), clip_on=False,
        )  # fmt: skip
    axes.set_ylabel("error on devel (%)")
    axes.set_ylim(bottom=0)


def _draw_rates(axes: Axes, rates: dict[str, pd.Series]) -> None:
    for number, (name, values) in enumerate(rates.items()):
        axes.plot(values.index, values, color=look(number).colour, linestyle=look(number).line,
                  label=plain(name), marker="o" if len(values) == 1 else None)  # fmt: skip
    axes.set_ylabel("learning rate")
    axes.set_ylim(bottom=0)
