"""What kind of data a run learns from and is tested on, where a source holds several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from anomaly_fas.data.fabricated_rows import is_fabricated
from anomaly_fas.types import DataKind, Split

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from anomaly_fas.protocols.selection import Selection

COLUMN: Final = "data_kind"
"""Column of an annotation table: the kind of each sample, where a source holds several."""


def kind_of(kinds: Iterable[str]) -> DataKind:
    """The kind of a set of samples.

    Example:
        >>> kind_of(["real", "real"]), kind_of(["real", "simulated"])
        (<DataKind.REAL: 'real'>, <DataKind.MIXED: 'mixed'>)

    Args:
        kinds: of each of them, at least one.
    """
    distinct = set(kinds)
    return DataKind(distinct.pop()) if len(distinct) == 1 else DataKind.MIXED


def run_kind(rows: pd.DataFrame, selection: Selection, kind: DataKind) -> str:
    """The kind of a run's figures: that of its test samples.

    Where train samples are of another kind, that stands before it: `simulated_to_real`. Figures of
    fabricated test attacks are those of a simulation, whatever they are made from.

    Args:
        rows: annotation table.
        selection: positions of the rows of each split.
        kind: of all rows, where they do not tell.
    """
    if is_fabricated(rows)[selection[Split.TEST]].any():
        return str(DataKind.SIMULATED)
    if COLUMN not in rows:
        return str(kind)
    trained, tested = (
        set(rows[COLUMN].iloc[selection[split]]) for split in (Split.TRAIN, Split.TEST)
    )
    learnt, figures = kind_of(trained or tested), kind_of(tested or trained)
    return str(figures) if learnt == figures else f"{learnt}_to_{figures}"
