"""Coverage counts by hand, and protocols that run in full, in part or not at all."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from anomaly_fas.data.locating.coverage import coverage, protocol_coverage
from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.protocols.gradgpad import gradgpad_annotations
from anomaly_fas.protocols.grandtest import Grandtest
from anomaly_fas.protocols.one_dataset import Lodo
from anomaly_fas.protocols.selection import select
from tests.nonempty import nonempty


def table(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    """Rows of (dataset, subject, label, split)."""
    frame = pd.DataFrame(rows, columns=["dataset", "subject", "label", "split"])
    frame["pai"] = frame["label"].map({"attack": "print", "bona_fide": ""})
    return frame.assign(pai_fine="", pas_type="", device="", lighting="", session="")


SPLITS = ("train", "devel", "test")
COMPLETE = table(
    *(
        ("a", f"{split}{label}", label, split)
        for split in SPLITS
        for label in ("attack", "bona_fide")
    )
)


def test_samples_are_counted_in_each_of_their_splits() -> None:
    rows = table(
        ("b", "1", "attack", "train+test"),
        ("a", "1", "attack", "devel"),
        ("b", "2", "attack", "test"),
        ("b", "3", "attack", ""),
    )
    counts = coverage(rows, np.array([False, True, True, False]))
    assert counts.to_numpy().tolist() == [
        ["a", "devel", 1, 1, 0],
        ["b", "train", 1, 0, 1],
        ["b", "test", 2, 1, 1],
        ["b", "", 1, 0, 1],
    ]
    assert list(counts.columns) == ["dataset", "split", "listed", "found", "missing"]


def test_rows_are_counted_by_position_whatever_their_index() -> None:
    rows = table(("a", "1", "attack", "train"), ("b", "1", "attack", "test"))
    rows.index = pd.Index([7, 3])
    assert coverage(rows, np.array([True, False]))["found"].tolist() == [1, 0]


@pytest.mark.parametrize("lists", ["official", "leak_free"])
def test_a_protocol_with_every_sample_is_full(lists: str) -> None:
    row = protocol_coverage([Grandtest], COMPLETE, np.ones(6, dtype=bool), lists).iloc[0]
    assert (row["state"], row["reason"]) == ("full", "")
    assert [row[f"{split}_found"] for split in SPLITS] == [2, 2, 2]


def test_a_protocol_without_some_samples_is_in_part() -> None:
    rows = pd.concat([COMPLETE, table(("a", "more", "attack", "train"))], ignore_index=True)
    found = np.array([True] * 6 + [False])
    row = protocol_coverage([Grandtest], rows, found).iloc[0]
    assert (row["state"], row["reason"]) == ("part", "")
    assert (row["train_found"], row["train_listed"]) == (2, 3)


def test_a_split_that_lacks_a_class_makes_none() -> None:
    found = np.ones(6, dtype=bool)
    found[3] = False
    row = protocol_coverage([Grandtest], COMPLETE, found).iloc[0]
    assert row["state"] == "none"
    assert "devel split has no bona_fide samples" in row["reason"]
    assert (row["devel_found"], row["devel_listed"]) == (1, 2)


def test_a_leak_is_found_less_not_more() -> None:
    leaking = table(("a", "trainattack", "attack", "test"))
    rows = pd.concat([COMPLETE, leaking], ignore_index=True)
    found = np.array([True] * 6 + [False])
    row = protocol_coverage([Grandtest], rows, found).iloc[0]
    assert (row["train_found"], row["train_listed"]) == (1, 1)
    assert (row["test_found"], row["test_listed"], row["state"]) == (2, 3, "part")


def test_the_state_says_whether_the_found_samples_can_be_selected() -> None:
    rows = gradgpad_annotations()
    found = rows["dataset"].isin(["oulu-npu", "replay-attack", "casia-fasd"]).to_numpy()
    table = protocol_coverage([Grandtest, Lodo], rows, found).set_index("protocol")
    protocols = {p.name: p for family in (Grandtest, Lodo) for p in family.family(rows)}
    assert list(table.index) == list(protocols)
    for name, protocol in nonempty(protocols.items()):
        try:
            select(protocol, rows[found])
            runs = True
        except (ConfigError, DataError):
            runs = False
        assert (table.loc[name, "state"] != "none") == runs
    assert set(table["state"]) == {"part", "none"}
