"""Every protocol that annotations allow, with its counts and its leakage."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import pandas as pd

from anomaly_fas.errors import DataError
from anomaly_fas.protocols.selection import (
    Lists,
    Selection,
    official_selection,
    select,
    subject_keys,
    without_leaks,
)
from anomaly_fas.types import Label, Pai, Split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anomaly_fas.protocols.protocol import PadProtocol


def overview(families: Sequence[type[PadProtocol]], rows: pd.DataFrame) -> pd.DataFrame:
    """One row a protocol and choice of lists.

    Args:
        families: protocol classes.
        rows: annotation table.

    Returns:
        `protocol` and `lists`; `<split>`, `<split>_bona_fide` and `<split>_<species>`, counts of
        samples; `<split>_and_<split>` and `<split>_and_<split>_subjects`, what stands in both;
        and `fault`, why the protocol cannot be run with these lists, if so.
    """
    protocols = [protocol for family in families for protocol in family.family(rows)]
    return pd.DataFrame(
        [
            _row(protocol, lists, rows)
            for protocol in protocols
            for lists in ("official", "leak_free")
        ]
    )


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
    samples = {split: set(chosen.tolist()) for split, chosen in selection.items()}
    subjects = {split: set(keys[chosen]) - {""} for split, chosen in selection.items()}
    return [
        Leakage((a, b), len(samples[a] & samples[b]), len(subjects[a] & subjects[b]))
        for a, b in combinations(Split, 2)
    ]


def _row(protocol: PadProtocol, lists: Lists, rows: pd.DataFrame) -> dict[str, str | int]:
    selection = official_selection(protocol, rows)
    if lists == "leak_free":
        selection = without_leaks(selection, rows)
    fault = ""
    try:
        select(protocol, rows, lists)
    except DataError as error:
        fault = str(error)
    row: dict[str, str | int] = {"protocol": protocol.name, "lists": lists}
    return row | _counts(selection, rows) | _leaks(selection, rows) | {"fault": fault}


def _counts(selection: Selection, rows: pd.DataFrame) -> dict[str, int]:
    counts = {}
    for split in Split:
        chosen = rows.iloc[selection[split]]
        counts[f"{split}"] = len(chosen)
        counts[f"{split}_bona_fide"] = int((chosen["label"] == Label.BONA_FIDE).sum())
        for pai in Pai:
            counts[f"{split}_{pai}"] = int((chosen["pai"] == pai).sum())
    return counts


def _leaks(selection: Selection, rows: pd.DataFrame) -> dict[str, int]:
    leaks = {}
    for found in leakage(selection, rows):
        pair = "_and_".join(found.pair)
        leaks[pair] = found.samples
        leaks[f"{pair}_subjects"] = found.subjects
    return leaks
