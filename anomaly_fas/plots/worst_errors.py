"""The worst errors of a system, as thumbnails with what it said of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Final

import numpy as np
from matplotlib.figure import Figure

from anomaly_fas.errors import DataError
from anomaly_fas.plots.layout import fit, panels, title_above
from anomaly_fas.plots.style import plain, styled, words

_COLUMNS: Final = 6
_SIDE: Final = 1.65
"""Inches of a thumbnail."""

_LETTERS: Final = 26
"""Of an id: what fits under a thumbnail in a line."""

_LINE: Final = 0.125
"""Inches from line to line of a caption."""


@dataclass(frozen=True)
class Error:
    """A misclassified sample: sRGB image, uint8, shape [h, w, 3], attack score, and PAI species."""

    image: np.ndarray
    sample_id: str
    score: float
    note: str


@styled
def worst_errors_figure(errors: Sequence[Error], title: str) -> Figure:
    """Draw a grid of errors in their order, row by row.

    Raises:
        DataError: there are none.
    """
    if not errors:
        raise DataError("no errors to show")
    captions = [
        [f"{error.score:.3f}  {words(error.note)}", *wrap(plain(name), _LETTERS)]
        for error, name in zip(errors, elided([error.sample_id for error in errors]), strict=True)
    ]
    columns = min(_COLUMNS, len(errors))
    below = 0.16 + _LINE * max(len(lines) for lines in captions)
    figure, grid = panels(len(errors), (_SIDE, _SIDE), columns, (0.1, below))
    for axes, error, lines in zip(grid, errors, captions, strict=True):
        axes.set_axis_off()
        axes.imshow(error.image, interpolation="lanczos")
        axes.annotate("\n".join(lines), (0.5, 0), (0, -3), xycoords="axes fraction",
                      textcoords="offset points", fontsize=7, ha="center", va="top")  # fmt: skip
    title_above(figure, title)
    return fit(figure)


def elided(sample_ids: Sequence[str], letters: int = _LETTERS) -> list[str]:
    """Shorten long ids in their middle, but never make two of them alike.

    Most of what is left is the end, where the ids of a data set differ; all get more letters
    until they can be told apart.

    Example:
        >>> elided(["a-very-long-sample-id/0001.png", "a-very-long-sample-id/0002.png"], 14)
        ['a-v…d/0001.png', 'a-v…d/0002.png']
    """
    short = [_without_middle(name, letters) for name in sample_ids]
    is_told_apart = len(set(short)) == len(set(sample_ids))
    return short if is_told_apart else elided(sample_ids, letters + 4)


def _without_middle(name: str, letters: int) -> str:
    if len(name) <= letters:
        return name
    start = (letters - 1) // 4
    return f"{name[:start]}…{name[start + 1 - letters :]}"
