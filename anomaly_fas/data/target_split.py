"""Split the samples of a new domain into a pool of references and a test set."""

from typing import Final, Literal, NamedTuple, get_args

import numpy as np
import pandas as pd

from anomaly_fas.errors import ConfigError, DataError, require_choice
from anomaly_fas.types import Label

Apart = Literal["subject", "session"]

_ATTEMPTS: Final = 1000


class TargetSplit(NamedTuple):
    """Positions in the annotations, ascending."""

    pool: np.ndarray
    test: np.ndarray


def split_target(
    rows: pd.DataFrame, share: float, apart: Apart, rng: np.random.Generator
) -> TargetSplit:
    """Deal out subjects, so that none is on both sides.

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
    require_choice("apart", apart, get_args(Apart))
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


def _sessions_apart(
    rows: pd.DataFrame, in_pool: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Which rows stand on the side that their session was dealt to, bool."""
    sessions = (rows["dataset"] + "/" + rows["session"]).to_numpy(dtype=str)
    shared = np.array(sorted(set(sessions[in_pool]) & set(sessions[~in_pool])))
    for_pool = rng.permutation(shared)[: (len(shared) + int(rng.integers(2))) // 2]
    is_shared, is_for_pool = np.isin(sessions, shared), np.isin(sessions, for_pool)
    kept: np.ndarray = ~is_shared | (is_for_pool == in_pool)
    return kept
