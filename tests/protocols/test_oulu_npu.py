"""OULU-NPU's protocols: the authors' counts, and what is unseen in the test."""

import pandas as pd
import pytest

from anomaly_fas.errors import ConfigError
from anomaly_fas.protocols.gradgpad import gradgpad_annotations
from anomaly_fas.protocols.oulu_npu import OuluNpu
from anomaly_fas.protocols.overview import leakage
from anomaly_fas.protocols.selection import official_selection, select
from anomaly_fas.types import Label, Split
from tests.nonempty import nonempty

ROWS = gradgpad_annotations()

# Boulkenafet et al., FG 2017, table of the four protocols; also on the page of the database
# (sites.google.com/site/oulunpudatabase). Bona fide and attack videos of train, devel and test.
# GRAD-GPAD annotates all 4,950 videos, so nothing is to differ.
COUNTS = {
    1: [(240, 960), (180, 720), (120, 480)],
    2: [(360, 720), (270, 540), (360, 720)],
    3: [(300, 1200), (225, 900), (60, 240)],
    4: [(200, 400), (150, 300), (20, 40)],
}


def facts(protocol: OuluNpu, split: Split) -> pd.DataFrame:
    """Phone, session, subject and file of the samples of a split, from their names."""
    rows = ROWS.iloc[official_selection(protocol, ROWS)[split]]
    stems = rows["path"].str.removeprefix("oulu-npu/").str.removesuffix(".avi")
    parts = stems.str.split("/").str[1].str.split("_", expand=True).astype(int)
    assert parts.shape[1] == 4
    return parts.set_axis(["phone", "session", "subject", "file"], axis=1)


def values(protocol: OuluNpu, split: Split, fact: str) -> set[int]:
    return set(facts(protocol, split)[fact])


@pytest.mark.parametrize("protocol", OuluNpu.family(ROWS), ids=lambda p: p.name)
def test_counts_are_those_of_the_authors(protocol: OuluNpu) -> None:
    selection = official_selection(protocol, ROWS)
    labels = [ROWS["label"].iloc[selection[split]] for split in Split]
    found = [(int((part == Label.BONA_FIDE).sum()), len(part)) for part in labels]
    assert [(real, total - real) for real, total in found] == COUNTS[protocol.number]


def test_the_family_has_six_members_in_protocols_3_and_4() -> None:
    names = ["oulu_npu_1", "oulu_npu_2"]
    names += [f"oulu_npu_{number}_phone_{phone}" for number in (3, 4) for phone in range(1, 7)]
    assert [protocol.name for protocol in OuluNpu.family(ROWS)] == names


@pytest.mark.parametrize("protocol", OuluNpu.family(ROWS), ids=lambda p: p.name)
def test_subjects_are_the_authors_and_cross_no_split(protocol: OuluNpu) -> None:
    assert values(protocol, Split.TRAIN, "subject") == set(range(1, 21))
    assert values(protocol, Split.DEVEL, "subject") == set(range(21, 36))
    assert values(protocol, Split.TEST, "subject") == set(range(36, 56))
    official, leak_free = official_selection(protocol, ROWS), select(protocol, ROWS)
    assert all(pair.samples == pair.subjects == 0 for pair in nonempty(leakage(official, ROWS)))
    assert all(official[split].tolist() == leak_free[split].tolist() for split in Split)


@pytest.mark.parametrize("split", [Split.TRAIN, Split.DEVEL])
def test_what_is_unseen_in_the_test(split: Split) -> None:
    assert values(OuluNpu(1), split, "session") == {1, 2}
    assert values(OuluNpu(1), Split.TEST, "session") == {3}
    assert values(OuluNpu(2), split, "file") == {1, 2, 4}
    assert values(OuluNpu(2), Split.TEST, "file") == {1, 3, 5}
    assert values(OuluNpu(3, 4), split, "phone") == {1, 2, 3, 5, 6}
    assert values(OuluNpu(3, 4), Split.TEST, "phone") == {4}
    all_unseen = {"session": {1, 2}, "file": {1, 2, 4}, "phone": {2, 3, 4, 5, 6}}
    assert {fact: values(OuluNpu(4, 1), split, fact) for fact in all_unseen} == all_unseen
    all_new = {"session": {3}, "file": {1, 3, 5}, "phone": {1}}
    assert {fact: values(OuluNpu(4, 1), Split.TEST, fact) for fact in all_new} == all_new


def test_file_1_is_the_bona_fide_one() -> None:
    rows = ROWS[ROWS["dataset"] == "oulu-npu"]
    assert (rows["path"].str.endswith("_1.avi") == (rows["label"] == Label.BONA_FIDE)).all()


@pytest.mark.parametrize(
    ("number", "phone", "message"),
    [
        (5, None, r"protocol\.number=5: OULU-NPU has protocols 1 to 4"),
        (3, None, r"protocol\.phone=None: protocol 3 of OULU-NPU keeps one of 1, 2, 3, 4, 5, 6"),
        (4, 7, r"protocol\.phone=7"),
        (1, 2, r"protocol\.phone=2: protocol 1 of OULU-NPU keeps no phone"),
    ],
)
def test_what_is_no_protocol_is_refused(number: int, phone: int | None, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        OuluNpu(number, phone)


def test_other_data_has_none() -> None:
    others = ROWS[ROWS["dataset"] != "oulu-npu"].reset_index(drop=True)
    assert OuluNpu.family(others) == []
    with pytest.raises(ConfigError, match="'oulu-npu', which is not in the data"):
        official_selection(OuluNpu(1), others)
