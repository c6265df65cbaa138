"""What all figures have in common: colours that survive greyscale and colour blindness."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from anomaly_fas.files import atomic_path

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes

BONA_FIDE: Final = "#0b3c5d"
COLOURS: Final = ("#d55e00", "#56b4e9", "#009e73", "#cc79a7", "#e69f00", "#0072b2", "#7f7f7f")
"""After Okabe and Ito, "Color universal design", 2008."""

MARKERS: Final = ("o", "s", "^", "D", "v", "P", "X")
HATCHES: Final = ("", "////", "\\\\\\\\", "....", "xxxx")

LINES: Final = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)))

SETTINGS: Final[dict[Any, Any]] = {
    "font.size": 9,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "hatch.linewidth": 0.3,
}
"""What every figure is made with."""

_SAVED: Final[dict[Any, Any]] = {
    "svg.hashsalt": "anomaly_fas",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
}


def new_figure(width: float, height: float) -> tuple[Figure, Axes]:
    """An empty figure of a size in inches, apart from pyplot's global state."""
    with mpl.rc_context(SETTINGS):
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(figure)
        return figure, figure.add_subplot()


def add_legend(axes: Axes, **placement: Any) -> None:
    """A legend without a frame, in the size of the other text."""
    axes.legend(frameon=False, fontsize=SETTINGS["font.size"], **placement)


def save(figure: Figure, path: Path) -> None:
    """Write a figure in the format that the path's suffix names, the same bytes each time.

    Raises:
        RunError: the file cannot be written.
    """
    metadata = {"Date": None} if path.suffix == ".svg" else {}
    with atomic_path(path) as temporary, mpl.rc_context(_SAVED):
        figure.savefig(temporary, dpi=150, metadata=metadata)
