"""Error rates against the number of references from a new domain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log10

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from anomaly_fas.plots.layout import fit, legend_below, panels, title_above
from anomaly_fas.plots.style import Look, look, plain, styled

Curves = dict[str, dict[str, "ShotCurve"]]
"""Name of an error rate to adaptation to its curve."""


@dataclass(frozen=True)
class ShotCurve:
    """A mean figure over shots, ascending, and its bounds, NaN where unknown; shape [k] each."""

    shots: np.ndarray
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray


@styled
def shot_figure(methods: Mapping[str, Curves], title: str) -> Figure:
    """Draw curves over a logarithmic axis; a row per method, a column per error rate.

    All panels of an error rate have the same axis, and an adaptation looks alike in all of them.
    """
    rates = list(next(iter(methods.values())))
    figure, axes = panels(len(methods) * len(rates), (3.9, 2.4), len(rates), between=(0.65, 0.6))
    every = [own for curves in methods.values() for own in curves.values()]
    adaptations = dict.fromkeys(name for own in every for name in own)
    looks = {name: look(number) for number, name in enumerate(adaptations)}
    drawn = [curve for own in every for curve in own.values()]
    places = axis_places(sorted({int(count) for curve in drawn for count in curve.shots}))
    for row, (method, curves) in enumerate(methods.items()):
        for panel, rate in zip(axes[row * len(rates) :], rates, strict=False):
            for name, curve in curves[rate].items():
                _draw(panel, curve, name, looks[name], places)
            panel.set_xticks(list(places.values()), [str(count) for count in places])
            panel.set_xlim(min(places.values()) - 0.1, max(places.values()) + 0.1)
            panel.set_title(plain(method))
            panel.set_ylabel(f"{rate} (%)")
    for column in range(len(rates)):
        own = axes[column :: len(rates)]
        top = max(panel.get_ylim()[1] for panel in own)
        for panel in own:
            panel.set_ylim(0, top)
        own[-1].set_xlabel("pairs of references from the new domain")
    handles: dict[str, Artist] = {}
    for panel in axes:
        for handle, name in zip(*panel.get_legend_handles_labels(), strict=True):
            handles.setdefault(name, handle)
    legend_below(figure, list(handles.values()), ncols=2)
    title_above(figure, title)
    return fit(figure)


def axis_places(counts: Sequence[int]) -> dict[int, float]:
    """Place numbers of shots at their logarithms, 0 as far left of 1 as 2 is right.

    Example:
        >>> axis_places([0, 1, 10, 100])
        {0: -0.3010299956639812, 1: 0.0, 10: 1.0, 100: 2.0}
    """
    return {count: log10(count) if count else log10(1 / 2) for count in counts}


def _draw(axes: Axes, curve: ShotCurve, name: str, own: Look, places: Mapping[int, float]) -> None:
    colour, line, marker = own
    where = np.array([places[int(count)] for count in curve.shots])
    axes.fill_between(
        where, 100 * curve.low, 100 * curve.high, facecolor=(colour, 0.13), linewidth=0
    )
    axes.plot(
        where, 100 * curve.value, color=colour, linestyle=line, marker=marker, markersize=4.5,
        label=plain(name),
    )  # fmt: skip
