"""How many samples and known subjects cross the splits of a selection."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from anomaly_fas.protocols.selection import subject_keys
from anomaly_fas.types import Split

if TYPE_CHECKING:
    import pandas as pd

    from anomaly_fas.protocols.selection import Selection


@dataclass(frozen=True)
class Leakage:
    """Samples and known subjects that stand in both splits of a pair.

    Attributes:
        pair: the two splits.
        samples: number of samples in both.
        subjects: number of known subjects in both.
    """

    pair: tuple[Split, Split]
    samples: int
    subjects: int


def leakage(selection: Selection, rows: pd.DataFrame) -> list[Leakage]:
    """The leakage between each pair of splits."""
    keys = subject_keys(rows)
    found = []
    for first, second in combinations(Split, 2):
        ours, theirs = selection[first], selection[second]
        found.append(
            Leakage(
                pair=(first, second),
                samples=len(set(ours.tolist()) & set(theirs.tolist())),
                subjects=len((set(keys[ours]) & set(keys[theirs])) - {""}),
            )
        )
    return found
