"""SiW's protocols: the authors' counts, and what is unseen in the test."""

import pandas as pd
import pytest

from anomaly_fas.errors import ConfigError
from anomaly_fas.protocols.gradgpad import gradgpad_annotations
from anomaly_fas.protocols.overview import leakage
from anomaly_fas.protocols.selection import official_selection, select
from anomaly_fas.protocols.siw import Siw
from anomaly_fas.types import Split
from tests.nonempty import nonempty

ROWS = gradgpad_annotations()
FAMILY = Siw.family(ROWS)


def chosen(protocol: Siw, split: Split) -> pd.DataFrame:
    """The samples of a split, with the parts of `subject-sensor-type-medium-session`."""
    rows = ROWS.iloc[official_selection(protocol, ROWS)[split]].reset_index(drop=True)
    names = rows["path"].str.rsplit("/", n=1).str[1].str.split(".").str[0]
    parts = names.str.split("-", expand=True).astype(int)
    return rows.join(parts.set_axis(["person", "sensor", "type", "medium", "take"], axis=1))


def test_the_dataset_is_the_authors_but_for_one_video() -> None:
    # 165 subjects and 4,478 videos (page of the database, cvlab.cse.msu.edu); GRAD-GPAD v2 lacks
    # 121-2-3-3-1, which its v1 lists name. Section 4 of the paper: 90 subjects train, 75 test.
    rows = ROWS[ROWS["dataset"] == "siw"]
    assert len(rows) == 4478 - 1
    assert not rows["path"].str.contains("121-2-3-3-1").any()
    parts = rows.groupby(rows["path"].str.split("/").str[1])["subject"].nunique()
    assert parts.to_dict() == {"Train": 90, "Test": 75}


def test_names() -> None:
    assert [protocol.name for protocol in FAMILY] == [
        "siw_1",
        *(f"siw_2_medium_{medium}" for medium in range(1, 5)),
        "siw_3_print",
        "siw_3_replay",
    ]


@pytest.mark.parametrize("protocol", FAMILY, ids=lambda p: p.name)
def test_the_test_subjects_are_the_authors_and_devel_is_of_train(protocol: Siw) -> None:
    found = {split: chosen(protocol, split) for split in Split}
    for split, part, people in (
        ("train", "Train", 71),
        ("devel", "Train", 19),
        ("test", "Test", 75),
    ):
        rows = found[Split(split)]
        assert (rows["path"].str.split("/").str[1] == part).all()
        assert rows["subject"].nunique() == people
    assert (found[Split.DEVEL]["person"] % 5 == 0).all()
    official, leak_free = official_selection(protocol, ROWS), select(protocol, ROWS)
    assert all(pair.samples == pair.subjects == 0 for pair in nonempty(leakage(official, ROWS)))
    assert all(official[split].tolist() == leak_free[split].tolist() for split in Split)


def test_protocol_1_is_the_whole_dataset() -> None:
    # By folder: 2,416 videos in Train (2,417 of the authors), 2,061 in Test.
    train, devel, test = (len(chosen(Siw(1), split)) for split in Split)
    assert (train + devel, test) == (2416, 2061)


@pytest.mark.parametrize("medium", range(1, 5))
def test_protocol_2_tests_on_one_display(medium: int) -> None:
    protocol = Siw(2, medium=medium)
    for split in Split:
        rows = chosen(protocol, split)
        assert set(rows["pai"]) == {"", "replay"}
        replays = rows[rows["pai"] == "replay"]
        others = {1, 2, 3, 4} - {medium}
        assert set(replays["medium"]) == ({medium} if split is Split.TEST else others)
        assert set(replays["type"]) == {3}
    everything = pd.concat([chosen(Siw(1), Split.TRAIN), chosen(Siw(1), Split.DEVEL)])
    replays = everything[everything["type"] == 3]
    attacks = sum((chosen(protocol, s)["pai"] != "").sum() for s in (Split.TRAIN, Split.DEVEL))
    assert attacks == (replays["medium"] != medium).sum()


@pytest.mark.parametrize(("unseen", "seen"), [("print", "replay"), ("replay", "print")])
def test_protocol_3_tests_on_the_other_species(unseen: str, seen: str) -> None:
    protocol = Siw(3, pai=unseen)
    assert set(chosen(protocol, Split.TRAIN)["pai"]) == {"", seen}
    assert set(chosen(protocol, Split.DEVEL)["pai"]) == {"", seen}
    assert set(chosen(protocol, Split.TEST)["pai"]) == {"", unseen}


def test_gradgpads_devel_subjects_would_leave_protocol_3_without_prints() -> None:
    devel = ROWS[(ROWS["dataset"] == "siw") & (ROWS["split"] == "devel")]
    assert set(devel["pai"]) == {"", "replay"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"number": 4}, r"protocol\.number=4: SiW has protocols 1 to 3"),
        ({"number": 2}, r"protocol\.medium=None: protocol 2 of SiW keeps one of 1, 2, 3, 4"),
        ({"number": 3, "pai": "mask"}, r"protocol\.pai='mask': .* keeps one of print, replay"),
        ({"number": 1, "pai": "print"}, r"protocol\.pai='print': protocol 1 of SiW keeps no pai"),
        ({"number": 3, "pai": "print", "medium": 1}, r"protocol\.medium=1: .* leave it null"),
    ],
)
def test_what_is_no_protocol_is_refused(arguments: dict[str, int | str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Siw(**arguments)  # type: ignore[arg-type]


def test_other_data_has_none() -> None:
    others = ROWS[ROWS["dataset"] != "siw"].reset_index(drop=True)
    assert Siw.family(others) == []
    with pytest.raises(ConfigError, match="'siw', which is not in the data"):
        official_selection(Siw(1), others)
