"""Detection error trade-off curves."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from anomaly_fas.metrics.curves import det_curve, eer
from anomaly_fas.metrics.error_rates import apcer, bpcer
from anomaly_fas.metrics.thresholds import eer_threshold
from anomaly_fas.plots.layout import fit, legend_below, panels
from anomaly_fas.plots.style import look, plain, styled

_FINE_TICKS: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4)
_TICKS: Final = (0.001, 0.01, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.95, 0.99, 0.999)
_EDGE: Final = 0.0005
"""The least rate shown: the normal deviate of 0 does not exist."""

_LIMITS: Final = (0.1, 0.2, 0.4, 0.6, 0.8, 0.95, 1 - _EDGE)
_SIDE: Final = 3.8
"""Inches."""


@dataclass(frozen=True)
class DetBand:
    """An interval of BPCER at each APCER, fractions, shape [g] each, by rising APCER."""

    apcer: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class DetSystem:
    """Attack scores of a system's bona fide samples, shape [n], and attacks, shape [m]."""

    bona_fide: np.ndarray
    attack: np.ndarray
    band: DetBand | None = None


@styled
def det_figure(systems: Mapping[str, DetSystem], title: str, limit: float | None = None) -> Figure:
    """Draw DET curves on normal-deviate axes, a marker at each curve's equal error rate.

    The largest rate shown is the limit, in (0, 1), or by default what shows every curve's EER.
    """
    limit = _limit(systems) if limit is None else limit
    figure, (axes,) = panels(1, (_SIDE, _SIDE))
    low, high = _deviate(np.array([_EDGE, limit]))
    axes.set(xlim=(low, high), ylim=(low, high), aspect="equal", title=plain(title))
    axes.set_xlabel("APCER, all attacks pooled (%)")
    axes.set_ylabel("BPCER (%)")
    ticks = [tick for tick in (_FINE_TICKS if limit <= 0.4 else _TICKS) if tick <= limit]
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks(_deviate(np.array(ticks)), [f"{100 * tick:g}" for tick in ticks])
    axes.plot([low, high], [low, high], color="#999999", linewidth=0.6, zorder=0)
    for number, (name, system) in enumerate(systems.items()):
        if system.band is not None:
            _draw_band(axes, system.band, number)
        _draw_curve(axes, name, system, number)
    legend_below(figure, axes.get_legend_handles_labels()[0])
    return fit(figure)


def _draw_curve(axes: Axes, name: str, system: DetSystem, number: int) -> None:
    curve = det_curve(system.bona_fide, system.attack)
    separates = bool(np.any((curve.apcer == 0) & (curve.bpcer == 0)))
    rate = eer(system.bona_fide, system.attack)
    threshold = eer_threshold(system.bona_fide, system.attack)
    operating = np.array(
        [apcer(system.attack, threshold), bpcer(system.bona_fide, threshold)], dtype=float
    )
    colour, line, marker = look(number)
    label = plain(f"{name} ({'no errors' if separates else f'EER {100 * rate:.1f} %'})")
    (steps,) = axes.plot(
        _deviate(curve.apcer), _deviate(curve.bpcer), drawstyle="steps-post", color=colour,
        linestyle=line, marker=marker, markevery=[], markersize=6, label=label, zorder=3,
    )  # fmt: skip
    _show_along_edges(axes, steps)
    place = _deviate(operating)
    if place.max() <= axes.get_xlim()[1]:
        axes.plot(
            place[:1], place[1:], marker=marker, markersize=6, color=colour,
            markeredgecolor="white", markeredgewidth=0.6, zorder=4, clip_on=False,
        )  # fmt: skip


def _draw_band(axes: Axes, band: DetBand, number: int) -> None:
    colour, line, _ = look(number)
    places, low, high = _deviate(band.apcer), _deviate(band.low), _deviate(band.high)
    axes.fill_between(places, low, high, facecolor=(colour, 0.12), linewidth=0)
    for bound in (low, high):
        axes.plot(places, bound, color=colour, linestyle=line, linewidth=0.6, zorder=2)


def _show_along_edges(axes: Axes, line: Line2D) -> None:
    """Show lines on the edge, such as the curve of a perfect system, in their full width."""
    low, high = axes.get_xlim()
    room = 0.008 * (high - low)
    side = high - low + 2 * room
    frame = Rectangle((low - room, low - room), side, side, transform=axes.transData)
    line.set_clip_path(frame)


def _limit(systems: Mapping[str, DetSystem]) -> float:
    """Find the lowest limit with every curve's EER in the lower three quarters of the axes."""
    worst = max(eer(system.bona_fide, system.attack) for system in systems.values())
    edge, place, *limits = _deviate(np.array([_EDGE, worst, *_LIMITS]))
    needed = edge + (place - edge) / 0.75
    return next((rate for rate, at in zip(_LIMITS, limits, strict=True) if at >= needed), 1 - _EDGE)


def _deviate(rates: np.ndarray) -> np.ndarray:
    inverse = NormalDist().inv_cdf
    return np.array([inverse(rate) for rate in np.clip(rates, _EDGE, 1 - _EDGE)])
