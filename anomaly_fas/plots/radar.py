"""Rates over several protocols as polygons, as GRAD-GPAD draws them."""

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from anomaly_fas.errors import DataError
from anomaly_fas.plots.layout import fit, legend_below, panels, title_above
from anomaly_fas.plots.style import GREY, NUMBER_BOX, look, plain, styled, words

_RINGS: Final = (20, 40, 60, 80, 100)
_INCHES: Final = 1.9
"""Radius of the outer ring; half as much again where there are many spokes."""

_LEVEL: Final = 13
"""Spokes up to which their names are written level: more would run into each other."""

_LETTERS: Final = 20
"""Letters in a line of a name."""

_FILLED: Final = 4
"""Methods up to which polygons are filled: more would add up to one dark patch."""


@styled
def radar_figure(
    spokes: Sequence[str], methods: Mapping[str, Sequence[float]], title: str
) -> Figure:
    """Draw a polygon per method, the first spoke pointing up, the others clockwise.

    A method has one fraction per spoke; NaN leaves a gap, noted at the spoke.

    Raises:
        DataError: fewer than three spokes.
    """
    if len(spokes) < 3:
        raise DataError(f"a radar needs three spokes or more, and there are {len(spokes)}")
    angles = 2 * np.pi * np.arange(len(spokes)) / len(spokes)
    x, y = _place(angles, np.full(angles.size, 103.0))
    outer = _INCHES * (1 if len(spokes) <= _LEVEL else 1.5)
    figure, (axes,) = panels(1, (outer * np.ptp(x) / 100, outer * np.ptp(y) / 100))
    axes.set(xlim=(x.min(), x.max()), ylim=(y.min(), y.max()), aspect="equal")
    axes.set_axis_off()
    _draw_grid(axes, angles)
    for number, (name, values) in enumerate(methods.items()):
        radius = 100 * np.asarray(values, dtype=float)
        colour, line, marker = look(number)
        if len(methods) <= _FILLED and not np.isnan(radius).any():
            axes.fill(*_place(angles, radius), color=colour, alpha=0.08, linewidth=0)
        outline = _place(np.append(angles, angles[0]), np.append(radius, radius[0]))
        axes.plot(*outline, color=colour, linestyle=line, marker=marker, markersize=5,
                  label=plain(name), clip_on=False)  # fmt: skip
    for number, (angle, spoke) in enumerate(zip(angles, spokes, strict=True)):
        unknown = [name for name, values in methods.items() if np.isnan(values[number])]
        note = f"n/a: {', '.join(unknown)}" if len(unknown) < len(methods) else "n/a"
        lines = [words(spoke), plain(note)] if unknown else [words(spoke)]
        _name_spoke(axes, angle, lines, is_level=len(spokes) <= _LEVEL)
    legend_below(figure, axes.get_legend_handles_labels()[0])
    title_above(figure, title)
    return fit(figure)


def _draw_grid(axes: Axes, angles: np.ndarray) -> None:
    closed = np.append(angles, angles[0])
    for ring in _RINGS:
        x, y = _place(closed, np.full(closed.size, float(ring)))
        axes.plot(x, y, color=GREY if ring == _RINGS[-1] else "#cccccc", linewidth=0.6)
        axes.text(
            -2, ring, f"{ring} %", fontsize=7, color=GREY, ha="right", va="center",
            zorder=1, bbox=NUMBER_BOX,
        )  # fmt: skip
    for angle in angles:
        x, y = _place(np.full(2, angle), np.array([0.0, 100.0]))
        axes.plot(x, y, color="#cccccc", linewidth=0.6)


def _name_spoke(axes: Axes, angle: float, lines: Sequence[str], is_level: bool) -> None:
    """Write a name beyond the end of its spoke: level, or else along the spoke."""
    x, y = np.sin(angle), np.cos(angle)
    if is_level:
        side = "center" if abs(x) < 0.1 else ("left" if x > 0 else "right")
        level = "center" if abs(y) < 0.5 else ("bottom" if y > 0 else "top")
        text = "\n".join(
            fill(line, _LETTERS, break_on_hyphens=False, break_long_words=False) for line in lines
        )
        axes.annotate(text, (100 * x, 100 * y), (9 * x, 9 * y), textcoords="offset points",
                      ha=side, va=level)  # fmt: skip
        return
    is_right = x >= -1e-9
    axes.annotate(
        " ".join(lines), (100 * x, 100 * y), (9 * x, 9 * y), textcoords="offset points",
        rotation=(90 if is_right else 270) - np.degrees(angle), rotation_mode="anchor",
        ha="left" if is_right else "right", va="center", fontsize=8,
    )  # fmt: skip


def _place(angle: np.ndarray, radius: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Place points at a distance from the middle, the angle counted clockwise from the top."""
    return radius * np.sin(angle), radius * np.cos(angle)
