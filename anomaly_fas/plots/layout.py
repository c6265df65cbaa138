"""Panels of a size in inches, and a page that is as large as what is drawn on it."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from anomaly_fas.plots.style import SETTINGS, plain

_MARGIN: Final = 0.08
"""Inches around everything."""

_GAP: Final = 0.06
"""Inches between the panels and what stands around them all."""


def panels(
    count: int,
    size: tuple[float, float],
    columns: int = 1,
    between: tuple[float, float] = (0, 0),
    down_first: bool = False,
) -> tuple[Figure, list[Axes]]:
    """Make a figure of equal panels, to be fitted by `fit` once everything is drawn.

    Args:
        count: number of panels.
        size: width and height of a panel in inches.
        columns: number of columns.
        between: inches between columns, and between rows.
        down_first: whether the panels fill a column before the next one, instead of a row.
    """
    rows = -(-count // columns)
    step = np.array(size) + between
    page = step * (columns, rows) - between
    figure = Figure(figsize=(page[0], page[1]))
    FigureCanvasAgg(figure)
    axes = []
    for number in range(count):
        row, column = divmod(number, rows)[::-1] if down_first else divmod(number, columns)
        left, bottom = step * (column, rows - 1 - row) / page
        axes.append(figure.add_axes((left, bottom, *(np.array(size) / page))))
    return figure, axes


def title_above(figure: Figure, title: str) -> None:
    """Write a title over everything drawn so far, in the middle of the panels."""
    edges, page = _edges(figure), figure.get_size_inches()
    top = figure.get_tightbbox().y1 + _GAP
    figure.text(
        (edges.x0 + edges.x1) / 2, top / page[1], plain(title), ha="center", va="bottom",
        fontsize=SETTINGS["axes.titlesize"],
    )  # fmt: skip


def label_left(figure: Figure, label: str) -> None:
    """Name the vertical axis of all panels, in their middle."""
    edges, page = _edges(figure), figure.get_size_inches()
    left = figure.get_tightbbox().x0 - _GAP
    figure.text(
        left / page[0], (edges.y0 + edges.y1) / 2, label, rotation=90, ha="right", va="center",
        multialignment="center",
    )  # fmt: skip


def legend_below(figure: Figure, handles: Sequence[Artist], **options: Any) -> None:
    """Draw a legend under everything drawn so far, in the middle of the panels."""
    edges, page = _edges(figure), figure.get_size_inches()
    bottom = figure.get_tightbbox().y0 - _GAP
    figure.legend(
        handles=handles, loc="upper center", borderaxespad=0,
        bbox_to_anchor=((edges.x0 + edges.x1) / 2, bottom / page[1]), **options,
    )  # fmt: skip


def fit(figure: Figure) -> Figure:
    """Make the page as large as what is drawn, so that nothing is cut off and nothing is waste.

    Panels, texts and legends keep their sizes and their places relative to each other.
    """
    box = figure.get_tightbbox()
    former = figure.get_size_inches()
    corner = np.array([box.x0, box.y0]) - _MARGIN
    size = np.array([box.width, box.height]) + 2 * _MARGIN

    def moved(places: np.ndarray) -> np.ndarray:
        """Turn fractions of the former page into fractions of the new one."""
        new: np.ndarray = (places * former - corner) / size
        return new

    for legend in figure.legends:
        pixels = legend.get_bbox_to_anchor().get_points()
        corners = moved(figure.transFigure.inverted().transform(pixels))
        legend.set_bbox_to_anchor(Bbox(corners), figure.transFigure)
    for text in figure.texts:
        text.set_position(tuple(moved(np.array(text.get_position()))))
    for axes in figure.axes:
        axes.set_position(Bbox(moved(axes.get_position(original=True).get_points())))
    figure.set_size_inches(size[0], size[1])
    return figure


def _edges(figure: Figure) -> Bbox:
    """Find the bounds of the panels, as fractions of the page."""
    return Bbox.union([axes.get_position(original=True) for axes in figure.axes])
