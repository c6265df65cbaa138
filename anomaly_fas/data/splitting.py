"""Split data by whole subjects or whole sessions: a manifest, and the samples of a new domain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple, TypedDict, get_args

import numpy as np
import pandas as pd

from anomaly_fas.errors import ConfigError, DataError, first_lines, require_choice
from anomaly_fas.types import Label, Split

SplitBy = Literal["subject", "session"]

_ATTEMPTS: Final = 1000


class SplitOptions(TypedDict):
    """How the rows of a manifest get their splits.

    Attributes:
        split_by: unit to make splits of; None takes the column `split`.
        default_split: split of rows without one; None leaves them out.
        split_shares: shares of train, devel and test where splits are made.
        split_seed: seed where splits are made.
        shared_subjects: whether a subject may have several splits in the column `split`. Then
            `lists=official` keeps them all, `leak_free` the latest only.
    """

    split_by: SplitBy | None
    default_split: str | None
    split_shares: Sequence[float]
    split_seed: int
    shared_subjects: bool


class TargetSplit(NamedTuple):
    """Positions in the annotations, ascending."""

    pool: np.ndarray
    test: np.ndarray


def with_splits(rows: pd.DataFrame, manifest: str, options: SplitOptions) -> pd.DataFrame:
    """Give each row of a manifest its split.

    Args:
        rows: annotation table.
        manifest: name of the manifest in messages.
        options: source of the splits.

    Raises:
        ConfigError: an unknown split.
        DataError: no splits, or a subject in several.
    """
    if options["split_by"] is not None:
        made = split_rows(rows, options["split_by"], options["split_shares"], options["split_seed"])
        return rows.assign(split=made)
    if options["default_split"] is not None:
        require_choice("data.default_split", options["default_split"], Split)
        rows = rows.assign(split=rows["split"].mask(rows["split"] == "", options["default_split"]))
    elif (rows["split"] == "").all():
        raise DataError(
            f"the manifest {manifest} has no splits: fill the column `split`, add "
            "data.split_by=subject or data.split_by=session, or, to evaluate a checkpoint, "
            "data.default_split=test"
        )
    if not options["shared_subjects"]:
        _refuse_shared_subjects(rows)
    return rows


def split_rows(
    rows: pd.DataFrame, by: SplitBy, shares: Sequence[float], seed: int
) -> pd.Series[str]:
    """Draw a split for each row, such that no subject (or session of a dataset) is in two.

    Units are shuffled and dealt out in order. An order is drawn again if a split lacks a class that
    the table has.

    Args:
        rows: annotation table.
        by: unit kept together; with `session`, one subject may be in several splits.
        shares: shares of train, devel and test, by number of units; each gets at least one.
        seed: seed of the order.

    Raises:
        ConfigError: an unknown unit, or shares that are not three positive numbers.
        DataError: rows without that unit, fewer than three units, or no order in which every
            split has both classes.
    """
    require_choice("data.split_by", by, get_args(SplitBy))
    if len(shares) != len(Split) or min(shares) <= 0:
        raise ConfigError(f"data.split_shares={list(shares)}: three positive shares are needed")
    nameless = rows.index[rows[by] == ""]
    if len(nameless):
        raise DataError(
            f"data.split_by={by}: {len(nameless)} row(s) have no {by}, the first in line "
            f"{nameless[0] + 2}. Fill the column, or give the rows a split."
        )
    units = rows["dataset"] + "/" + rows[by]
    names = np.array(sorted(units.unique()))
    if len(names) < len(Split):
        raise DataError(
            f"data.split_by={by} needs at least three {by}s, and there are only {len(names)}: "
            f"{', '.join(names)}"
        )
    rng = np.random.default_rng(seed)
    sizes = _sizes(len(names), shares)
    classes = rows["label"].nunique()
    for _ in range(_ATTEMPTS):
        dealt = dict(zip(rng.permutation(names), np.repeat(list(Split), sizes), strict=True))
        splits = units.map(dealt)
        if rows.groupby(splits)["label"].nunique().eq(classes).sum() == len(Split):
            return splits.astype(str)
    raise DataError(
        f"data.split_by={by}: no order of the {len(names)} {by}s gives every split both bona fide "
        "samples and attacks"
    )


def split_target(
    rows: pd.DataFrame, share: float, apart: SplitBy, rng: np.random.Generator
) -> TargetSplit:
    """Split a domain into a pool of references and a test set, such that they share no subject.

    Args:
        rows: annotation table of the domain.
        share: share of the subjects in the pool, in (0, 1); at least one goes to either side.
        apart: `session` also deals out the sessions of both sides, and leaves out samples of a
            session on the wrong side.
        rng: draws the sides, again if a side lacks a class.

    Raises:
        ConfigError: a share out of range, or an unknown value of `apart`.
        DataError: samples without a subject (or session), fewer than two subjects, or no way to
            have both classes on both sides.
    """
    if not 0 < share < 1:
        raise ConfigError(f"pool_share={share}: a number between 0 and 1 is needed")
    require_choice("apart", apart, get_args(SplitBy))
    for column in {"subject", apart}:
        missing = int((rows[column] == "").sum())
        if missing:
            raise DataError(f"{missing} sample(s) of the domain have no {column}: annotate it")
    subjects = rows["dataset"] + "/" + rows["subject"]
    names = np.array(sorted(subjects.unique()))
    if len(names) < 2:
        raise DataError("the domain has one subject alone: references need one, the test another")
    size = min(max(round(share * len(names)), 1), len(names) - 1)
    for _ in range(_ATTEMPTS):
        in_pool = subjects.isin(rng.permutation(names)[:size]).to_numpy()
        is_kept = np.ones(len(rows), dtype=bool)
        if apart == "session":
            is_kept = _sessions_apart(rows, in_pool, rng)
        split = TargetSplit(np.flatnonzero(in_pool & is_kept), np.flatnonzero(~in_pool & is_kept))
        if all(rows["label"].iloc[side].nunique() == len(Label) for side in split):
            return split
    hint = "; with apart=subject the sides may share sessions" if apart == "session" else ""
    raise DataError(
        f"no way to deal out {len(names)} subjects of the domain gives both sides bona fide "
        f"samples and attacks{hint}"
    )


def _sizes(count: int, shares: Sequence[float]) -> list[int]:
    """Round the numbers of units by largest remainder, at least one each."""
    exact = np.asarray(shares, dtype=float) / sum(shares) * count
    sizes = np.maximum(1, np.floor(exact).astype(int))
    while sizes.sum() < count:
        sizes[np.argmax(exact - sizes)] += 1
    while sizes.sum() > count:
        sizes[np.argmax(sizes - exact + (sizes > 1) * count)] -= 1
    return [int(size) for size in sizes]


def _refuse_shared_subjects(rows: pd.DataFrame) -> None:
    named = rows[(rows["subject"] != "") & (rows["split"] != "")]
    splits = named["split"].groupby(named["dataset"] + "/" + named["subject"]).nunique()
    shared = [str(subject) for subject in splits.index[splits > 1]]
    if shared:
        raise DataError(
            f"{len(shared)} subject(s) stand in more than one split: "
            f"{', '.join(first_lines(shared))}. Give each one split, "
            "use data.split_by=subject, or accept it with data.shared_subjects=true."
        )


def _sessions_apart(
    rows: pd.DataFrame, in_pool: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Mark the rows on the side that their session was dealt to, bool."""
    sessions = (rows["dataset"] + "/" + rows["session"]).to_numpy(dtype=str)
    shared = np.array(sorted(set(sessions[in_pool]) & set(sessions[~in_pool])))
    for_pool = rng.permutation(shared)[: (len(shared) + int(rng.integers(2))) // 2]
    is_shared, is_for_pool = np.isin(sessions, shared), np.isin(sessions, for_pool)
    kept: np.ndarray = ~is_shared | (is_for_pool == in_pool)
    return kept
