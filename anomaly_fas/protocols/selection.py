"""Applies a protocol to annotations: which samples train, which tune, which are tested."""

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
import pandas as pd

from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.protocols.protocol import PadProtocol
from anomaly_fas.types import Label, Split

Lists = Literal["leak_free", "official"]
Selection = dict[Split, np.ndarray]
"""Positions of the rows of an annotation table that serve each split, ascending."""


def select(
    protocol: PadProtocol,
    rows: pd.DataFrame,
    lists: Lists = "leak_free",
    needed: Sequence[Split] = tuple(Split),
) -> Selection:
    """The samples of each split.

    Args:
        protocol: the rule.
        rows: an annotation table.
        lists: `official` as the annotations have it; `leak_free` keeps a sample or subject that
            stands in several splits in the latest of train < devel < test only.
        needed: splits that must hold both classes.

    Raises:
        ConfigError: an unknown value of `lists`.
        DataError: a split that is needed lacks a class.
    """
    if lists not in get_args(Lists):
        raise ConfigError(f"lists={lists!r}: choose one of {', '.join(get_args(Lists))}")
    official = official_selection(protocol, rows)
    selection = without_leaks(official, rows) if lists == "leak_free" else official
    for split in needed:
        for label in Label:
            _require(label, split, (official, selection), rows, f"{protocol.name} (lists={lists})")
    return selection


def official_selection(protocol: PadProtocol, rows: pd.DataFrame) -> Selection:
    """The samples of each split, as the annotations have it."""
    return {split: np.flatnonzero(protocol.admits(rows, split)) for split in Split}


def without_leaks(selection: Selection, rows: pd.DataFrame) -> Selection:
    """The selection, with every sample and known subject in the latest of its splits only."""
    subjects = subject_keys(rows)
    later_samples: set[int] = set()
    later_subjects: set[str] = set()
    kept: Selection = {}
    for split in reversed(Split):
        chosen = selection[split]
        own = subjects[chosen]
        leaks = np.isin(chosen, list(later_samples)) | np.isin(own, list(later_subjects))
        kept[split] = chosen[~leaks]
        later_samples.update(chosen.tolist())
        later_subjects.update(set(own.tolist()) - {""})
    return {split: kept[split] for split in Split}


def subject_keys(rows: pd.DataFrame) -> np.ndarray:
    """The subject of each row, told apart across datasets; empty where it is not known."""
    keys = rows["dataset"] + "/" + rows["subject"]
    return keys.where(rows["subject"] != "", "").to_numpy(dtype=str)


def _require(
    label: Label,
    split: Split,
    selections: tuple[Selection, Selection],
    rows: pd.DataFrame,
    name: str,
) -> None:
    labels = rows["label"].to_numpy()
    listed, left = (int((labels[chosen[split]] == label).sum()) for chosen in selections)
    if left:
        return
    reason = (
        f"all {listed} of them, or their subjects, stand in a later split too. "
        "lists=official accepts the leak; else choose another protocol."
        if listed
        else "Annotate some, choose another protocol, or have attacks simulated from bona fide "
        "samples: data=simulated_attacks."
    )
    raise DataError(f"protocol {name}: the {split} split has no {label} samples: {reason}")
