"""Rates over several protocols as polygons, as GRAD-GPAD draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from anomaly_fas.errors import DataError
from anomaly_fas.plots.style import COLOURS, LINES, MARKERS, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

_RINGS: Final = (20, 40, 60, 80, 100)


def radar_figure(
    spokes: Sequence[str], methods: Mapping[str, Sequence[float]], title: str, unit: str
) -> Figure:
    """A polygon a method, the first spoke pointing up, the others clockwise.

    Args:
        spokes: names, at least three.
        methods: name to one fraction a spoke; NaN leaves a gap.
        title: of the figure, naming the figure that is shown.
        unit: of the rings.

    Raises:
        DataError: fewer than three spokes.
    """
    if len(spokes) < 3:
        raise DataError(f"a radar needs three spokes or more, and there are {len(spokes)}")
    angles = 2 * np.pi * np.arange(len(spokes)) / len(spokes)
    with mpl.rc_context(SETTINGS):
        depth = 1 - np.cos(angles).min()
        figure = Figure(figsize=(5.4, 0.7 + 2.2 * depth + 0.2 * len(methods)), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
    _grid(axes, angles, spokes, unit)
    for number, (name, values) in enumerate(methods.items()):
        radius = 100 * np.asarray(values, dtype=float)
        closed = np.append(np.arange(len(spokes)), 0)
        x, y = _place(angles[closed], radius[closed])
        colour = COLOURS[number % len(COLOURS)]
        if not np.isnan(radius).any():
            axes.fill(x, y, color=colour, alpha=0.08)
        axes.plot(
            x, y, color=colour, linestyle=LINES[number % len(LINES)],
            marker=MARKERS[number % len(MARKERS)], markersize=5, label=name,
        )  # fmt: skip
    axes.set_title(title)
    figure.legend(frameon=False, loc="outside lower center")
    return figure


def _grid(axes: Axes, angles: np.ndarray, spokes: Sequence[str], unit: str) -> None:
    closed = np.append(angles, 0)
    for ring in _RINGS:
        x, y = _place(closed, np.full(closed.size, ring))
        axes.plot(x, y, color="#555555" if ring == _RINGS[-1] else "#cccccc", linewidth=0.6)
        axes.text(
            2, ring, f"{ring} {unit}", fontsize=7, color="#555555", ha="left", va="center", zorder=5
        )
    for angle, spoke in zip(angles, spokes, strict=True):
        x, y = _place(np.array([angle, angle]), np.array([0, 100]))
        axes.plot(x, y, color="#cccccc", linewidth=0.6)
        x, y = _place(np.array([angle]), np.array([105]))
        side = "center" if abs(x[0]) < 8 else ("left" if x[0] > 0 else "right")
        level = "center" if abs(y[0]) < 60 else ("bottom" if y[0] > 0 else "top")
        axes.text(x[0], y[0], spoke, ha=side, va=level)
    lowest = min(100 * np.cos(angles).min(), 0)
    axes.set(xlim=(-135, 135), ylim=(lowest - 18, 118), aspect="equal")
    axes.set_axis_off()


def _place(angle: np.ndarray, radius: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points at a distance from the middle, the angle counted clockwise from the top."""
    return radius * np.sin(angle), radius * np.cos(angle)
