"""Splits of whole subjects or sessions."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_fas.data.splitting import SplitOptions, split_rows, with_splits
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
