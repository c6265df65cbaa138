"""Count the samples and the leakage of every protocol that annotations allow."""

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import pandas as pd

from anomaly_fas.errors import DataError
from anomaly_fas.protocols.protocol import PadProtocol
from anomaly_fas.protocols.selection import (
    Lists,
    Selection,
    official_selection,
    select,
    subject_keys,
    without_leaks,
)
from anomaly_fas.types import Label, Pai, Split


def overview(families: Sequence[type[PadProtocol]], rows: pd.DataFrame) -> pd.DataFrame:
    """Make a table with one row per protocol and choice of lists.

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


class Leakage(NamedTuple):
    """Number of samples and of known subjects that two splits share."""

    pair: tuple[Split, Split]
    samples: int
    subjects: int


def leakage(selection: Selection, rows: pd.DataFrame) -> list[Leakage]:
    """Count what each pair of splits shares."""
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
    row: dict[str, str | int] = {"protocol": protocol.name, "lists": lists}
    for split in Split:
        chosen = rows.iloc[selection[split]]
        row[split] = len(chosen)
        row[f"{split}_bona_fide"] = int((chosen["label"] == Label.BONA_FIDE).sum())
        row |= {f"{split}_{pai}": int((chosen["pai"] == pai).sum()) for pai in Pai}
    for pair, samples, subjects in leakage(selection, rows):
        name = "_and_".join(pair)
        row |= {name: samples, f"{name}_subjects": subjects}
    try:
        select(protocol, rows, lists)
    except DataError as error:
        return row | {"fault": str(error)}
    return row | {"fault": ""}
