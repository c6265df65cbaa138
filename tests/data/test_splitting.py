"""Splits of whole subjects or sessions: both sides of a domain have both classes."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_fas.data.splitting import SplitOptions, split_rows, split_target, with_splits
from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.types import Label, Split

SHARES = [0.5, 0.25, 0.25]


def table(units: int, column: str = "subject") -> pd.DataFrame:
    """Two samples of each unit, one of each class."""
    rows = [("d", "x", "x", label) for _ in range(units) for label in Label]
    frame = pd.DataFrame(rows, columns=["dataset", "subject", "session", "label"])
    frame[column] = [f"u{number}" for number in range(units) for _ in Label]
    return frame


@given(st.integers(3, 40), st.integers(0, 100), st.sampled_from(["subject", "session"]))
@settings(max_examples=50)
def test_units_stay_whole_and_shares_hold(units: int, seed: int, by: str) -> None:
    rows = table(units, by)
    splits = split_rows(rows, by, SHARES, seed)  # type: ignore[arg-type]
    assert splits.groupby(rows[by]).nunique().eq(1).all()
    counts = splits.value_counts() / 2
    for split, share in zip(Split, SHARES, strict=True):
        assert counts[split] >= 1
        assert abs(counts[split] - share * units) <= 1
    assert splits.tolist() == split_rows(rows, by, SHARES, seed).tolist()  # type: ignore[arg-type]


def test_orders_that_leave_a_class_out_are_passed_over() -> None:
    rows = table(12)
    # Only three subjects have bona fide samples: each split must get one.
    rows = rows[(rows["label"] == Label.ATTACK) | rows["subject"].isin(["u0", "u1", "u2"])]
    rows = rows.reset_index(drop=True)
    for seed in range(20):
        splits = split_rows(rows, "subject", SHARES, seed)
        assert rows.groupby(splits)["label"].nunique().eq(2).all()


def test_impossible_requests_are_named() -> None:
    with pytest.raises(DataError, match="only 2: d/u0, d/u1"):
        split_rows(table(2), "subject", SHARES, 0)
    with pytest.raises(ConfigError, match="split_by='person'"):
        split_rows(table(5), "person", SHARES, 0)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="three positive shares"):
        split_rows(table(5), "subject", [0.5, 0.5], 0)
    nameless = table(5)
    nameless.loc[3, "subject"] = ""
    with pytest.raises(DataError, match=r"1 row\(s\) have no subject, the first in line 5"):
        split_rows(nameless, "subject", SHARES, 0)
    attacks = table(6).query("label == 'attack' or subject == 'u0'").reset_index(drop=True)
    with pytest.raises(DataError, match="no order of the 6 subjects"):
        split_rows(attacks, "subject", SHARES, 0)


def test_a_subject_in_several_splits_is_named() -> None:
    rows = pd.DataFrame(
        [
            ("a", "1", "train"),
            ("a", "1", "test"),
            ("b", "1", "test"),
            ("a", "", "train"),
            ("a", "", "test"),
            ("a", "2", "devel"),
            ("a", "2", ""),
        ],
        columns=["dataset", "subject", "split"],
    )
    options = SplitOptions(
        split_by=None,
        default_split=None,
        split_shares=SHARES,
        split_seed=0,
        shared_subjects=False,
    )
    with pytest.raises(DataError, match=r"1 subject\(s\) stand in more than one split: a/1\."):
        with_splits(rows, "m", options)


DOMAIN = pd.DataFrame(
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
    split = split_target(DOMAIN, share, apart, np.random.default_rng(seed))  # type: ignore[arg-type]
    pool, test = (DOMAIN.iloc[side] for side in split)
    for column in {"subject", apart}:
        assert not set(pool[column]) & set(test[column])
    assert pool["label"].nunique() == test["label"].nunique() == 2
    wanted = min(max(round(share * 7), 1), 6)
    if apart == "subject":
        assert pool["subject"].nunique() == wanted
        assert len(pool) + len(test) == len(DOMAIN)


def test_sessions_of_one_subject_alone_are_kept() -> None:
    nested = DOMAIN.assign(session=DOMAIN["subject"] + "-" + DOMAIN["session"])
    split = split_target(nested, 0.5, "session", np.random.default_rng(0))
    assert len(split.pool) + len(split.test) == len(nested)


def test_seeds_tell_draws_apart() -> None:
    first, again, other = (
        split_target(DOMAIN, 0.5, "subject", np.random.default_rng(seed)).pool for seed in (1, 1, 2)
    )
    assert first.tolist() == again.tolist() != other.tolist()


def test_a_class_that_one_subject_has_alone_cannot_be_on_both_sides() -> None:
    labels = np.where(DOMAIN["subject"] == "s1", DOMAIN["label"], "bona_fide")
    with pytest.raises(DataError, match="no way to deal out 7 subjects"):
        split_target(DOMAIN.assign(label=labels), 0.5, "subject", np.random.default_rng(0))


def test_one_session_cannot_be_on_both_sides_and_it_says_what_can() -> None:
    rows = DOMAIN.assign(session="1")
    with pytest.raises(DataError, match="attacks; with apart=subject the sides may share sess"):
        split_target(rows, 0.5, "session", np.random.default_rng(0))
    split = split_target(rows, 0.5, "subject", np.random.default_rng(0))
    assert len(split.pool) + len(split.test) == len(rows)


def test_what_is_missing_is_named() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(ConfigError, match="pool_share=1: a number between 0 and 1"):
        split_target(DOMAIN, 1, "subject", rng)
    with pytest.raises(ConfigError, match="apart='device': choose one of subject, session"):
        split_target(DOMAIN, 0.5, "device", rng)  # type: ignore[arg-type]
    with pytest.raises(DataError, match=r"12 sample\(s\) of the domain have no subject"):
        split_target(
            DOMAIN.assign(subject=DOMAIN["subject"].replace("s0", "")), 0.5, "subject", rng
        )
    with pytest.raises(DataError, match="have no session"):
        split_target(DOMAIN.assign(session=""), 0.5, "session", rng)
    with pytest.raises(DataError, match="one subject alone"):
        split_target(DOMAIN.assign(subject="s"), 0.5, "subject", rng)
