"""Detection error trade-off curves."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

import numpy as np

from anomaly_fas.metrics.curves import det_curve, eer
from anomaly_fas.plots.style import COLOURS, HATCHES, LINES, new_figure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_TICKS: Final = (0.001, 0.01, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.95, 0.99)
_LIMITS: Final = (0.2, 0.4, 0.6, 0.8, 0.95)
_EDGE: Final = 0.0005


@dataclass(frozen=True)
class DetBand:
    """An interval of BPCER at each APCER, fractions, shape [g] each, by rising APCER."""

    apcer: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class DetSystem:
    """What a curve is drawn from.

    Attributes:
        bona_fide: attack scores of bona fide samples, shape [n].
        attack: attack scores of attacks, shape [m].
        band: around the curve.
    """

    bona_fide: np.ndarray
    attack: np.ndarray
    band: DetBand | None = None


def det_figure(systems: Mapping[str, DetSystem], title: str, limit: float | None = None) -> Figure:
    """DET curves on normal-deviate axes.

    Args:
        systems: by name.
        title: of the figure.
        limit: the largest rate shown, in (0, 1); by default what shows every curve's EER.
    """
    limit = _limit(systems) if limit is None else limit
    figure, axes = new_figure(4.4, 4.6 + 0.18 * len(systems))
    for number, (name, system) in enumerate(systems.items()):
        _draw(axes, name, system, number)
    low, high = _deviate(np.array([_EDGE, limit]))
    axes.plot([low, high], [low, high], color="#999999", linewidth=0.6, zorder=0)
    ticks = [tick for tick in _TICKS if tick <= limit]
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks(_deviate(np.array(ticks)), [f"{100 * tick:g}" for tick in ticks])
    axes.set(xlim=(low, high), ylim=(low, high), aspect="equal", title=title)
    axes.set_xlabel("APCER, all attacks pooled (%)")
    axes.set_ylabel("BPCER (%)")
    figure.legend(frameon=False, loc="outside lower center")
    return figure


def _draw(axes: Axes, name: str, system: DetSystem, number: int) -> None:
    colour = COLOURS[number % len(COLOURS)]
    curve = det_curve(system.bona_fide, system.attack)
    separates = bool(np.any((curve.apcer == 0) & (curve.bpcer == 0)))
    axes.plot(
        _deviate(curve.apcer),
        _deviate(curve.bpcer),
        drawstyle="steps-post",
        color=colour,
        linestyle=LINES[number % len(LINES)],
        label=f"{name} (no errors)" if separates else name,
        clip_on=not separates,
    )
    if system.band is not None:
        axes.fill_between(
            _deviate(system.band.apcer),
            _deviate(system.band.low),
            _deviate(system.band.high),
            facecolor=(colour, 0.15),
            edgecolor=(colour, 0.5),
            hatch=HATCHES[number % len(HATCHES)],
            linewidth=0.4,
        )


def _limit(systems: Mapping[str, DetSystem]) -> float:
    """The lowest limit with half as much room again as the worst curve's EER."""
    worst = max(eer(system.bona_fide, system.attack) for system in systems.values())
    return next((limit for limit in _LIMITS if limit >= 1.5 * worst), _LIMITS[-1])


def _deviate(rates: np.ndarray) -> np.ndarray:
    inverse = NormalDist().inv_cdf
    return np.array([inverse(rate) for rate in np.clip(rates, _EDGE, 1 - _EDGE)])
