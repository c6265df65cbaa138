"""SiW-M's protocol: the authors' counts, and which videos serve which split."""

import pandas as pd
import pytest

from anomaly_fas.errors import ConfigError
from anomaly_fas.protocols.gradgpad import gradgpad_annotations
from anomaly_fas.protocols.overview import leakage
from anomaly_fas.protocols.selection import official_selection
from anomaly_fas.protocols.siw_m import ATTACKS, SiwM
from anomaly_fas.types import Label, Split
from tests.nonempty import nonempty

ROWS = gradgpad_annotations()
OWN = ROWS[ROWS["dataset"] == "siw-m"]

# Liu et al., CVPR 2019, statistics of SiW-M: videos of each of the 13 types, 968 in all.
VIDEOS = {
    "replay": 99, "print": 118, "half_mask": 72, "silicone_mask": 27, "transparent_mask": 88,
    "paper_mask": 17, "mannequin": 40, "obfuscation": 23, "impersonation": 61, "cosmetic": 50,
    "funny_eye": 160, "paper_glasses": 127, "partial_paper": 86,
}  # fmt: skip
# What GRAD-GPAD annotates besides or instead: it lacks Replay_62 and Paper_81, and has live video
# 546 among the cosmetic make-up, as Makeup_Co_55_noLive_546.
DIFFERENCES = {"replay": -1, "print": -1, "cosmetic": +1}


def chosen(attack: str, split: Split) -> pd.DataFrame:
    return ROWS.iloc[official_selection(SiwM(attack), ROWS)[split]]


def test_the_dataset_is_the_authors_but_for_two_videos() -> None:
    # 660 live videos and 968 attacks; less the two that are missing.
    assert sum(VIDEOS.values()) == 968
    assert len(OWN) == 660 + 968 - 2
    names = set(OWN["path"].str.rsplit("/", n=1).str[1])
    assert "Live_546.mov" not in names
    assert {"Makeup_Co_55_noLive_546.mov", "Replay_61.mov", "Paper_80.mov"} <= names
    assert not names & {"Replay_62.mov", "Paper_81.mov"}


def test_the_thirteen_types() -> None:
    assert list(ATTACKS) == list(VIDEOS)
    assert [protocol.name for protocol in SiwM.family(ROWS)] == [f"siw_m_{a}" for a in VIDEOS]


@pytest.mark.parametrize("attack", VIDEOS)
def test_the_test_is_one_type_and_a_fifth_of_the_live_videos(attack: str) -> None:
    test = chosen(attack, Split.TEST)
    attacks, live = test[test["label"] == Label.ATTACK], test[test["label"] == Label.BONA_FIDE]
    assert len(attacks) == VIDEOS[attack] + DIFFERENCES.get(attack, 0)
    assert attacks["path"].str.rsplit("/", n=1).str[0].nunique() == 1
    # 80 % and 20 % of 660 are 528 and 132; video 546 is one of the latter.
    assert len(live) == 132 - 1
    assert live["path"].str.startswith("siw-m/Live/Test/").all()


@pytest.mark.parametrize("attack", VIDEOS)
def test_the_rest_is_trained_or_tuned_on(attack: str) -> None:
    train, devel, test = (chosen(attack, split) for split in Split)
    seen = pd.concat([train, devel])
    assert (seen["label"] == Label.BONA_FIDE).sum() == 528
    assert sorted(pd.concat([seen, test]).index) == OWN.index.tolist()
    assert all(
        pair.samples == 0
        for pair in nonempty(leakage(official_selection(SiwM(attack), ROWS), ROWS))
    )
    # Every type that is seen is there to tune on, too.
    types = [part[part["label"] == Label.ATTACK]["path"] for part in (train, devel)]
    folders = [set(paths.str.rsplit("/", n=1).str[0]) for paths in types]
    assert folders[0] == folders[1]
    assert len(folders[0]) == 12


def test_devel_is_every_fifth_group_of_four_numbers() -> None:
    glasses = chosen("replay", Split.DEVEL)["path"].str.extract(r"Paperglass_(\d+)")[0].dropna()
    assert sorted(glasses.astype(int)) == [
        1, 2, 3, 20, 21, 22, 23, 40, 41, 42, 43, 60, 61, 62, 63, 80, 81, 82, 83, 100, 101, 102,
        103, 120, 121, 122, 123,
    ]  # fmt: skip
    # The number of the type counts, not that of the live video: 55 // 4 is 13.
    assert "siw-m/Makeup/Cosmetic/Makeup_Co_55_noLive_546.mov" in set(
        chosen("replay", Split.TRAIN)["path"]
    )


def test_a_video_keeps_its_split_where_others_are_missing() -> None:
    some = ROWS[ROWS.index % 3 != 0]
    selection = official_selection(SiwM("half_mask"), some)
    whole = official_selection(SiwM("half_mask"), ROWS)
    for split in Split:
        assert set(some.index[selection[split]]) == set(whole[split].tolist()) & set(some.index)


def test_a_video_without_a_number_is_trained_on() -> None:
    paths = ["siw-m/Live/Train/mine.mov", "siw-m/Live/Train/Live_20.mov"]
    rows = OWN.head(2).assign(path=paths, label="bona_fide").reset_index(drop=True)
    selection = official_selection(SiwM("replay"), rows)
    assert {split: chosen.tolist() for split, chosen in selection.items()} == {
        Split.TRAIN: [0], Split.DEVEL: [1], Split.TEST: []
    }  # fmt: skip


def test_unknown_types_and_other_data() -> None:
    with pytest.raises(ConfigError, match=r"protocol\.attack='wax': choose one of replay, print"):
        SiwM("wax")
    others = ROWS[ROWS["dataset"] != "siw-m"].reset_index(drop=True)
    assert SiwM.family(others) == []
    with pytest.raises(ConfigError, match="'siw-m', which is not in the data"):
        official_selection(SiwM("replay"), others)
