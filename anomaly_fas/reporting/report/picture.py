"""A picture of a report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Picture:
    """A picture.

    Attributes:
        name: of its files.
        title: what it shows.
        caption: how to read it.
        figure: the picture.
        is_dense: whether it is better shown as pixels than as lines.
    """

    name: str
    title: str
    caption: str
    figure: Figure
    is_dense: bool = False
