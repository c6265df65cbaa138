"""Detection error trade-off curves."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, Final

import numpy as np

from anomaly_fas.metrics.curves import det_curve
from anomaly_fas.plots.style import COLOURS, LINES, add_legend, new_figure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure

_TICKS: Final = (0.001, 0.01, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.95, 0.99)
_EDGE: Final = 0.0005


def det_figure(
    systems: Mapping[str, tuple[np.ndarray, np.ndarray]], title: str, limit: float = 0.6
) -> Figure:
    """DET curves on normal-deviate axes.

    Args:
        systems: name to attack scores of bona fide samples and of attacks.
        title: of the figure.
        limit: the largest rate shown, in (0, 1).
    """
    figure, axes = new_figure(4.2, 4.2)
    for number, (name, (bona_fide, attack)) in enumerate(systems.items()):
        curve = det_curve(bona_fide, attack)
        axes.plot(
            _deviate(curve.apcer),
            _deviate(curve.bpcer),
            drawstyle="steps-post",
            color=COLOURS[number % len(COLOURS)],
            linestyle=LINES[number % len(LINES)],
            label=name,
        )
    ticks = [tick for tick in _TICKS if tick <= limit]
    low, high = _deviate(np.array([_EDGE, limit]))
    axes.plot([low, high], [low, high], color="#999999", linewidth=0.6, zorder=0)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks(_deviate(np.array(ticks)), [f"{100 * tick:g}" for tick in ticks])
    axes.set(xlim=(low, high), ylim=(low, high), aspect="equal", title=title)
    axes.set_xlabel("APCER, all attacks pooled (%)")
    axes.set_ylabel("BPCER (%)")
    add_legend(axes, loc="upper right")
    return figure


def _deviate(rates: np.ndarray) -> np.ndarray:
    inverse = NormalDist().inv_cdf
    return np.array([inverse(rate) for rate in np.clip(rates, _EDGE, 1 - _EDGE)])
