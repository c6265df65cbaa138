"""The splits of a manifest: its own, or made of whole subjects or sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anomaly_fas.data.manifest_table import subjects_in_several_splits
from anomaly_fas.data.splitting import SplitBy, split_rows
from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.types import Split

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd


def with_splits(
    rows: pd.DataFrame,
    manifest: str,
    *,
    split_by: SplitBy | None,
    default_split: str | None,
    split_shares: Sequence[float],
    split_seed: int,
    shared_subjects: bool,
) -> pd.DataFrame:
    """The rows of a manifest, each with its split.

    Args:
        rows: annotation table.
        manifest: what the messages call it.
        split_by: make splits of whole subjects or sessions; None takes the column `split`.
        default_split: split of rows that have none; None leaves them out.
        split_shares: shares of train, devel and test where splits are made.
        split_seed: seeds them.
        shared_subjects: whether a subject may stand in several splits of the column `split`.

    Raises:
        ConfigError: an unknown split.
        DataError: no splits, or a subject in several.
    """
    if split_by is not None:
        return rows.assign(split=split_rows(rows, split_by, split_shares, split_seed))
    if default_split is not None:
        empty = rows["split"] == ""
        rows = rows.assign(split=rows["split"].mask(empty, _known_split(default_split)))
    elif (rows["split"] == "").all():
        raise DataError(
            f"the manifest {manifest} has no splits: fill the column `split`, add "
            "data.split_by=subject or data.split_by=session, or, to evaluate a checkpoint, "
            "data.default_split=test"
        )
    if not shared_subjects:
        _refuse_shared_subjects(rows)
    return rows


def _known_split(name: str) -> str:
    if name not in set(Split):
        raise ConfigError(f"data.default_split={name!r}: choose one of {', '.join(Split)}")
    return name


def _refuse_shared_subjects(rows: pd.DataFrame) -> None:
    shared = subjects_in_several_splits(rows)
    if shared:
        named = ", ".join(shared[:20]) + (" …" if len(shared) > 20 else "")
        raise DataError(
            f"{len(shared)} subject(s) stand in more than one split: {named}. Give each one split, "
            "use data.split_by=subject, or accept it with data.shared_subjects=true."
        )
