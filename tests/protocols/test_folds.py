"""Folds over subjects and sessions: who is tested, who is tuned on, and that nobody crosses."""

from collections import Counter
from itertools import combinations, product

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.protocols.folds import Folds
from anomaly_fas.protocols.selection import official_selection, select
from anomaly_fas.types import ANNOTATION_COLUMNS, Split
from tests.nonempty import nonempty


def table(subjects: int, sessions: int = 2) -> pd.DataFrame:
    """A bona fide sample and an attack of each subject in each session, in no order."""
    named = dict.fromkeys(ANNOTATION_COLUMNS, "")
    rows = [
        named | {"dataset": "d", "subject": f"{subject:03}", "session": f"{session:02}", **label}
        for subject, session in product(range(1, subjects + 1), range(1, sessions + 1))
        for label in ({"label": "bona_fide"}, {"label": "attack", "pai": "print"})
    ]
    return pd.DataFrame(rows).sample(frac=1.0, random_state=0).reset_index(drop=True)


def units(rows: pd.DataFrame, protocol: Folds, column: str) -> list[set[str]]:
    selection = official_selection(protocol, rows)
    return [set(rows[column].iloc[selection[split]]) for split in Split]


def test_nine_subjects_by_hand() -> None:
    rows = table(9)
    train, devel, test = units(rows, Folds("01", fold=1), "subject")
    # Fold 1 has numbers 1, 4 and 7, counted from 0. Of the other six every third is devel's.
    assert test == {"002", "005", "008"}
    assert devel == {"001", "006"}
    assert train == {"003", "004", "007", "009"}
    assert units(rows, Folds("01", fold=1), "session") == [{"01"}, {"01"}, {"02"}]
    unseen = Folds("01", fold=1, devel_session="unseen")
    assert units(rows, unseen, "session") == [{"01"}, {"02"}, {"02"}]
    assert units(rows, unseen, "subject") == [train, devel, test]
    three = units(rows, Folds("01", fold=1, devel_subjects=3), "subject")
    assert three[1] == {"001", "004", "007"}
    assert [len(split) for split in select(unseen, rows).values()] == [8, 4, 6]


def test_subjects_without_a_class_in_a_session_are_dealt_like_all_others() -> None:
    rows = table(9)
    missing = (rows["label"] == "bona_fide") & (
        (rows["subject"] + rows["session"]).isin(["00202", "00302", "00801"])
    )
    some = rows[~missing].reset_index(drop=True)
    for fold, session, devel in product(range(3), ("01", "02"), ("seen", "unseen")):
        protocol = Folds(session, fold, devel_session=devel)  # type: ignore[arg-type]
        assert all(len(chosen) for chosen in nonempty(select(protocol, some).values()))
        assert units(some, protocol, "subject") == units(rows, protocol, "subject")


@settings(deadline=None, max_examples=60)
@given(
    subjects=st.integers(3, 40),
    sessions=st.integers(2, 4),
    folds=st.integers(2, 6),
    devel_session=st.sampled_from(["seen", "unseen"]),
    data=st.data(),
)
def test_nobody_crosses(
    subjects: int, sessions: int, folds: int, devel_session: str, data: st.DataObject
) -> None:
    smallest_rest = subjects - -(-subjects // folds)
    assume(subjects >= folds and smallest_rest >= 2)
    rows = table(subjects, sessions)
    session = data.draw(st.sampled_from(sorted(rows["session"].unique())))
    fold = data.draw(st.integers(0, folds - 1))
    devel_subjects = data.draw(st.none() | st.integers(1, smallest_rest - 1))
    protocol = Folds(session, fold, folds, devel_subjects, devel_session)  # type: ignore[arg-type]
    people = units(rows, protocol, "subject")
    assert all(not first & second for first, second in nonempty(combinations(people, 2)))
    assert set().union(*people) == set(rows["subject"])
    assert len(people[1]) == devel_subjects or devel_subjects is None
    train, devel, test = units(rows, protocol, "session")
    assert train == {session}
    assert test == set(rows["session"]) - train
    assert devel == (train if devel_session == "seen" else test)


@settings(deadline=None, max_examples=15)
@given(subjects=st.integers(4, 12), sessions=st.integers(2, 3), folds=st.integers(2, 4))
def test_everybody_is_tested_once_in_a_session_for_each_other_train_session(
    subjects: int, sessions: int, folds: int
) -> None:
    rows, tested = table(subjects, sessions), Counter[int]()
    for fold, session in product(range(folds), sorted(rows["session"].unique())):
        tested.update(select(Folds(session, fold, folds), rows)[Split.TEST].tolist())
    assert tested == dict.fromkeys(range(len(rows)), sessions - 1)


def test_several_train_sessions() -> None:
    rows = table(4, sessions=3)
    protocol = Folds(["01", "03"], folds=2)
    assert units(rows, protocol, "session") == [{"01", "03"}, {"01", "03"}, {"02"}]
    assert protocol.name == "folds_0_of_2_train_01_03"


def test_names_differ_where_the_samples_do() -> None:
    names = [
        Folds("01").name,
        Folds("02").name,
        Folds("01", 1).name,
        Folds("01", folds=4).name,
        Folds("01", devel_subjects=1).name,
        Folds("01", devel_session="unseen").name,
    ]
    assert names[0] == "folds_0_of_3_train_01"
    assert len(set(names)) == len(names)
    assert Folds("a/b c").name == "folds_0_of_3_train_a_b_c"


def test_the_same_name_in_two_datasets_is_two_people() -> None:
    rows = pd.concat([table(3), table(3).assign(dataset="e")], ignore_index=True)
    chosen = rows.iloc[official_selection(Folds("01"), rows)[Split.TEST]]
    assert set(chosen["dataset"] + chosen["subject"]) == {"d001", "e001"}


def test_rows_that_lack_a_subject_or_session_serve_no_split() -> None:
    rows = table(3)
    whole = official_selection(Folds("01"), rows)
    stray = table(1).assign(subject=["", "", "001", "001"], session=["01", "02", "", ""])
    both = official_selection(Folds("01"), pd.concat([rows, stray], ignore_index=True))
    assert {split: chosen.tolist() for split, chosen in both.items()} == {
        split: chosen.tolist() for split, chosen in whole.items()
    }


def test_the_family_is_three_folds_of_each_session() -> None:
    names = [protocol.name for protocol in Folds.family(table(3))]
    assert names == [
        f"folds_{fold}_of_3_train_0{session}" for fold in range(3) for session in (1, 2)
    ]
    assert Folds.family(table(2)) == []
    assert Folds.family(table(9, sessions=1)) == []
    assert Folds.family(table(9).assign(session="")) == []


def test_what_cannot_be_is_named() -> None:
    rows = table(3)
    for wrong, message in (
        (lambda: Folds("01", fold=3), r"protocol\.fold=3: choose one of 0 to 2"),
        (lambda: Folds("01", folds=1), r"protocol\.folds=1: at least two"),
        (lambda: Folds("01", devel_session="new"), "protocol.devel_session='new': choose one of"),  # type: ignore[arg-type]
        (lambda: select(Folds("1"), rows), r"protocol\.train_session='1': .* sessions 01, 02"),
        (lambda: select(Folds(["01", "02"]), rows), "name some but not all of the sessions 01, 02"),
        (lambda: select(Folds("01", devel_subjects=2), rows), r"with 3 subject\(s\) a split would"),
        (lambda: select(Folds("01", 2), table(2)), r"with 2 subject\(s\) a split would"),
        (lambda: select(Folds("01"), rows.assign(session="")), "no sample has both"),
    ):
        with pytest.raises(ConfigError, match=message):
            wrong()
    attacks = rows["subject"].eq("001") & rows["label"].eq("attack")
    with pytest.raises(
        DataError, match=r"folds_0_of_3_train_01 \(.*: the test split has no attack"
    ):
        select(Folds("01"), rows[~attacks].reset_index(drop=True))
