"""The `split` cell of an annotation: one split, or several joined by `+`.

Only official lists that leak put a sample in several.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from anomaly_fas.types import Split

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd


def split_cell(splits: Iterable[Split]) -> str:
    """The cell of a sample that stands in these splits.

    Example:
        >>> split_cell([Split.TEST, Split.TRAIN])
        'train+test'
    """
    wanted = set(splits)
    return "+".join(split for split in Split if split in wanted)


def in_split(cells: pd.Series[str], split: Split) -> pd.Series[bool]:
    """Which of the cells name the split."""
    distinct = [cell for cell in cells.unique() if split in cell.split("+")]
    return cells.isin(distinct)
