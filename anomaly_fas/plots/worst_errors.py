"""The worst errors of a system, as thumbnails with what it said of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from anomaly_fas.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

_COLUMNS: Final = 6
_LETTERS: Final = 26


@dataclass(frozen=True)
class Error:
    """A sample that was classified wrongly.

    Attributes:
        image: sRGB, uint8, shape [h, w, 3].
        sample_id: of the sample.
        score: its attack score.
        note: its PAI species, or that it is bona fide.
    """

    image: np.ndarray
    sample_id: str
    score: float
    note: str


def worst_errors_figure(errors: Sequence[Error], title: str) -> Figure:
    """A grid of errors in their order, row by row.

    Raises:
        DataError: there are none.
    """
    if not errors:
        raise DataError("no errors to show")
    rows = -(-len(errors) // _COLUMNS)
    height = 0.5 + 2.1 * rows
    figure = Figure(figsize=(1.75 * _COLUMNS, height))
    FigureCanvasAgg(figure)
    figure.suptitle(title, fontsize=11, y=1 - 0.1 / height)
    grid = figure.subplots(rows, _COLUMNS, squeeze=False)
    figure.subplots_adjust(
        left=0.005, right=0.995, top=1 - 0.4 / height, bottom=0.35 / height, wspace=0.05, hspace=0.3
    )
    for axes in grid.flat:
        axes.set_axis_off()
    for axes, error in zip(grid.flat, errors, strict=False):
        axes.imshow(error.image, interpolation="lanczos")
        caption = f"{error.score:.3f}  {error.note.replace('_', ' ')}\n{elided(error.sample_id)}"
        axes.set_title(caption, fontsize=7, y=0, pad=-4, va="top")
    return figure


def elided(sample_id: str, letters: int = _LETTERS) -> str:
    """An id without its middle, if it is long: ids of a data set differ at the end.

    Example:
        >>> elided("a-very-long-sample-id/0001.png", 14)
        'a-v…d/0001.png'
    """
    if len(sample_id) <= letters:
        return sample_id
    start = (letters - 1) // 4
    return f"{sample_id[:start]}…{sample_id[start + 1 - letters :]}"
