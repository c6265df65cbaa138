"""Selections over small tables of one's own."""

import pandas as pd
import pytest

from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.protocols.cross_device import CrossDevice
from anomaly_fas.protocols.grandtest import Grandtest
from anomaly_fas.protocols.one_dataset import CrossDataset
from anomaly_fas.protocols.protocol import in_split, split_cell
from anomaly_fas.protocols.selection import select
from anomaly_fas.protocols.unseen_attack import UnseenAttack
from anomaly_fas.types import ANNOTATION_COLUMNS, Split


def table(*rows: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame([dict.fromkeys(ANNOTATION_COLUMNS, "") | row for row in rows])


def both(split: str, subject: str, **facts: str) -> list[dict[str, str]]:
    common = {"dataset": "a", "split": split, "subject": subject, "pai": "print"} | facts
    return [common | {"label": "bona_fide", "pai": ""}, common | {"label": "attack"}]


THREE = [*both("train", "1"), *both("devel", "2"), *both("test", "3")]


def test_a_subject_is_kept_in_its_latest_split() -> None:
    rows = table(*THREE, *both("train", "3"), *both("devel", "1"))
    selection = select(Grandtest(), rows, "official")
    assert selection[Split.TRAIN].tolist() == [0, 1, 6, 7]
    with pytest.raises(DataError, match="train split has no bona_fide samples: all 2 of them"):
        select(Grandtest(), rows)
    rows = table(*THREE, *both("train", "3"), *both("devel", "3"))
    selection = select(Grandtest(), rows)
    assert {split: chosen.tolist() for split, chosen in selection.items()} == {
        Split.TRAIN: [0, 1],
        Split.DEVEL: [2, 3],
        Split.TEST: [4, 5],
    }


def test_subjects_of_different_datasets_are_different_people() -> None:
    rows = table(*THREE, *both("test", "1", dataset="b"))
    assert len(select(Grandtest(), rows)[Split.TRAIN]) == 2


def test_unknown_subjects_are_not_one_person() -> None:
    rows = table(*THREE, *both("train", ""), *both("test", ""))
    assert len(select(Grandtest(), rows)[Split.TRAIN]) == 4


def test_a_missing_class_is_named() -> None:
    with pytest.raises(DataError, match="devel split has no attack samples: Annotate some"):
        select(Grandtest(), table(*THREE[:3], *THREE[4:]))


def test_unknown_values_are_named() -> None:
    with pytest.raises(ConfigError, match="the dataset 'x', which is not in the data; there is a"):
        select(CrossDataset("x"), table(*THREE))
    with pytest.raises(ConfigError, match=r"protocol\.pai='hat'"):
        UnseenAttack("hat")
    with pytest.raises(ConfigError, match=r"protocol\.device='fridge'"):
        CrossDevice("fridge")
    with pytest.raises(ConfigError, match="lists='mine'"):
        select(Grandtest(), table(*THREE), "mine")  # type: ignore[arg-type]


def test_families_leave_out_what_the_data_cannot_give() -> None:
    rows = table(*THREE)
    assert CrossDataset.family(rows) == []
    assert CrossDevice.family(rows) == []
    assert UnseenAttack.family(rows) == []
    rows = table(*THREE, *both("test", "4", dataset="b", pai="mask"))
    assert CrossDataset.family(rows) == [CrossDataset("a"), CrossDataset("b")]
    assert UnseenAttack.family(rows) == [UnseenAttack("print"), UnseenAttack("mask")]


def test_split_cells() -> None:
    assert split_cell([Split.DEVEL, Split.TRAIN, Split.DEVEL]) == "train+devel"
    cells = pd.Series(["train+test", "test", "", "devel"])
    assert in_split(cells, Split.TEST).tolist() == [True, True, False, False]
