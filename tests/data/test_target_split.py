"""Nobody stands on both sides, and both sides have both classes."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_fas.data.target_split import split_target
from anomaly_fas.errors import ConfigError, DataError

ROWS = pd.DataFrame(
    [
        ("d", f"s{subject}", str(session), label)
        for subject in range(7)
        for session in range(1 + (subject > 0), 4)
        for label in ("bona_fide", "attack")
        for _ in range(2)
    ],
    columns=["dataset", "subject", "session", "label"],
)


@given(st.integers(0, 500), st.floats(0.05, 0.95), st.sampled_from(["subject", "session"]))
def test_the_sides_share_nobody(seed: int, share: float, apart: str) -> None:
    split = split_target(ROWS, share, apart, np.random.default_rng(seed))  # type: ignore[arg-type]
    pool, test = (ROWS.iloc[side] for side in split)
    for column in {"subject", apart}:
        assert not set(pool[column]) & set(test[column])
    assert pool["label"].nunique() == test["label"].nunique() == 2
    wanted = min(max(round(share * 7), 1), 6)
    if apart == "subject":
        assert pool["subject"].nunique() == wanted
        assert len(pool) + len(test) == len(ROWS)


def test_sessions_of_one_subject_alone_are_kept() -> None:
    nested = ROWS.assign(session=ROWS["subject"] + "-" + ROWS["session"])
    split = split_target(nested, 0.5, "session", np.random.default_rng(0))
    assert len(split.pool) + len(split.test) == len(nested)


def test_seeds_tell_draws_apart() -> None:
    first, again, other = (
        split_target(ROWS, 0.5, "subject", np.random.default_rng(seed)).pool for seed in (1, 1, 2)
    )
    assert first.tolist() == again.tolist() != other.tolist()


def test_a_class_that_one_subject_has_alone_cannot_be_on_both_sides() -> None:
    labels = np.where(ROWS["subject"] == "s1", ROWS["label"], "bona_fide")
    with pytest.raises(DataError, match="no way to deal out 7 subjects"):
        split_target(ROWS.assign(label=labels), 0.5, "subject", np.random.default_rng(0))


def test_one_session_cannot_be_on_both_sides_and_it_says_what_can() -> None:
    rows = ROWS.assign(session="1")
    with pytest.raises(DataError, match="attacks; with apart=subject the sides may share sess"):
        split_target(rows, 0.5, "session", np.random.default_rng(0))
    split = split_target(rows, 0.5, "subject", np.random.default_rng(0))
    assert len(split.pool) + len(split.test) == len(rows)


def test_what_is_missing_is_named() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(ConfigError, match="pool_share=1: a number between 0 and 1"):
        split_target(ROWS, 1, "subject", rng)
    with pytest.raises(ConfigError, match="apart='device': choose one of subject, session"):
        split_target(ROWS, 0.5, "device", rng)  # type: ignore[arg-type]
    with pytest.raises(DataError, match=r"12 sample\(s\) of the domain have no subject"):
        split_target(ROWS.assign(subject=ROWS["subject"].replace("s0", "")), 0.5, "subject", rng)
    with pytest.raises(DataError, match="have no session"):
        split_target(ROWS.assign(session=""), 0.5, "session", rng)
    with pytest.raises(DataError, match="one subject alone"):
        split_target(ROWS.assign(subject="s"), 0.5, "subject", rng)
