"""Error rates against the number of references from a new domain."""

from __future__ import annotations

from dataclasses import dataclass
from math import log10
from typing import TYPE_CHECKING

import numpy as np

from anomaly_fas.plots.layout import fit, legend_below, panels, title_above
from anomaly_fas.plots.style import look, plain, styled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class ShotCurve:
    """A figure of one method, fractions, shape [k] each.

    Attributes:
        shots: pairs of references, ascending.
        value: the mean over draws.
        low: lower bound of its interval; NaN where there is none.
        high: upper bound.
    """

    shots: np.ndarray
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray


@styled
def shot_figure(figures: Mapping[str, Mapping[str, ShotCurve]], title: str) -> Figure:
    """Curves over a logarithmic axis, none at all left of one; a panel an error rate.

    Args:
        figures: name of the error rate to method to its curve.
        title: of the figure.
    """
    figure, axes = panels(len(figures), (3.9, 2.9), len(figures), between=(0.65, 0))
    methods = list(dict.fromkeys(name for own in figures.values() for name in own))
    counts = sorted({int(n) for own in figures.values() for c in own.values() for n in c.shots})
    places = axis_places(counts)
    for panel, (rate, curves) in zip(axes, figures.items(), strict=True):
        for number, name in enumerate(methods):
            if name in curves:
                _draw(panel, curves[name], name, number, places)
        panel.set_xticks([places[count] for count in counts], [str(count) for count in counts])
        panel.set_ylim(bottom=0)
        panel.set_xlabel("pairs of references from the new domain")
        panel.set_ylabel(f"{rate} (%)")
    legend_below(figure, axes[0].get_legend_handles_labels()[0], ncols=2)
    title_above(figure, title)
    return fit(figure)


def axis_places(counts: Sequence[int]) -> dict[int, float]:
    """Where numbers of shots stand: at their logarithms, none as far left of one as two is right.

    Example:
        >>> axis_places([0, 1, 10, 100])
        {0: -0.3010299956639812, 1: 0.0, 10: 1.0, 100: 2.0}
    """
    return {count: log10(count) if count else log10(1 / 2) for count in counts}


def _draw(
    axes: Axes, curve: ShotCurve, name: str, number: int, places: Mapping[int, float]
) -> None:
    colour, line, marker = look(number)
    where = np.array([places[int(count)] for count in curve.shots])
    axes.fill_between(
        where, 100 * curve.low, 100 * curve.high, facecolor=(colour, 0.13), linewidth=0
    )
    axes.plot(
        where, 100 * curve.value, color=colour, linestyle=line, marker=marker, markersize=4.5,
        label=plain(name),
    )  # fmt: skip
