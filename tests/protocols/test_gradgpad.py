"""The rules against the official lists: their digests, and counts taken independently."""

import csv
import hashlib
from pathlib import Path

import pandas as pd
import pytest

from anomaly_fas.errors import DataError
from anomaly_fas.protocols.cross_device import CrossDevice
from anomaly_fas.protocols.gradgpad import OFFICIAL_LISTS, gradgpad_annotations
from anomaly_fas.protocols.grandtest import Grandtest, GrandtestTypeI
from anomaly_fas.protocols.one_dataset import CrossDataset, Intradataset, Lodo
from anomaly_fas.protocols.overview import leakage
from anomaly_fas.protocols.protocol import PadProtocol
from anomaly_fas.protocols.selection import official_selection, select, subject_keys
from anomaly_fas.protocols.unseen_attack import UnseenAttack
from anomaly_fas.types import FinePai, Label, Pai, Split
from scripts.build_gradgpad_table import subject_of
from tests.nonempty import nonempty

COUNTS = Path(__file__).parent / "data" / "gradgpad_v2_protocol_counts.csv"
ROWS = gradgpad_annotations()
FAMILIES = (Grandtest, GrandtestTypeI, CrossDataset, Lodo, CrossDevice, UnseenAttack)


def official_name(protocol: PadProtocol) -> str:
    special = {
        "grandtest": "grandtest_union",
        "grandtest_type_i": "Grandtest_Train_Type_PAI_I_Test_All",
    }
    return special.get(protocol.name, protocol.name.replace("hkbuv2", "hkbuV2"))


PROTOCOLS: dict[str, PadProtocol] = {
    official_name(protocol): protocol for kind in FAMILIES for protocol in kind.family(ROWS)
}


def read(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


def test_the_families_cover_every_official_list() -> None:
    assert set(PROTOCOLS) == {row["protocol"] for row in read(COUNTS)}
    assert set(PROTOCOLS) - {"grandtest_union"} == {row["protocol"] for row in read(OFFICIAL_LISTS)}


@pytest.mark.parametrize(
    "listed", read(OFFICIAL_LISTS), ids=lambda row: f"{row['protocol']}-{row['split']}"
)
def test_the_rules_reproduce_the_official_lists(listed: dict[str, str]) -> None:
    chosen = official_selection(PROTOCOLS[listed["protocol"]], ROWS)[Split(listed["split"])]
    assert len(chosen) == int(listed["samples"])
    ids = "\n".join(sorted(ROWS["sample_id"].iloc[chosen]))
    assert hashlib.sha256(ids.encode()).hexdigest() == listed["sha256"]


@pytest.mark.parametrize("counted", read(COUNTS), ids=lambda row: row["protocol"])
def test_counts_per_split_and_species(counted: dict[str, str]) -> None:
    selection = official_selection(PROTOCOLS[counted["protocol"]], ROWS)
    for split in Split:
        chosen = ROWS.iloc[selection[split]]
        assert len(chosen) == int(counted[split])
        assert (chosen["label"] == Label.BONA_FIDE).sum() == int(counted[f"{split}_bona_fide"])
        for pai in Pai:
            assert (chosen["pai"] == pai).sum() == int(counted[f"{split}_{pai}"])
    for pair in nonempty(leakage(selection, ROWS)):
        first, second = pair.pair
        assert pair.samples == int(counted[f"{first}_and_{second}"])


@pytest.mark.parametrize("dataset", sorted(ROWS["dataset"].unique()))
def test_intradataset_joins_lodo_and_cross_dataset(dataset: str) -> None:
    own = official_selection(Intradataset(dataset), ROWS)
    lodo = official_selection(Lodo(dataset), ROWS)
    across = official_selection(CrossDataset(dataset), ROWS)
    assert own[Split.TRAIN].tolist() == lodo[Split.TRAIN].tolist()
    assert own[Split.DEVEL].tolist() == lodo[Split.DEVEL].tolist()
    assert own[Split.TEST].tolist() == across[Split.TEST].tolist()


@pytest.mark.parametrize("name", [name for name in PROTOCOLS if name != "lodo_csmad"])
def test_leak_free_lists_share_nothing_and_lose_only_leaks(name: str) -> None:
    official = official_selection(PROTOCOLS[name], ROWS)
    selection = select(PROTOCOLS[name], ROWS)
    assert all(pair.samples == pair.subjects == 0 for pair in nonempty(leakage(selection, ROWS)))
    assert selection[Split.TEST].tolist() == official[Split.TEST].tolist()
    keys = subject_keys(ROWS)
    for split, later in ((Split.DEVEL, [Split.TEST]), (Split.TRAIN, [Split.DEVEL, Split.TEST])):
        dropped = set(official[split].tolist()) - set(selection[split].tolist())
        elsewhere = {row for other in later for row in official[other].tolist()}
        people = {keys[row] for row in elsewhere} - {""}
        assert all(row in elsewhere or keys[row] in people for row in dropped)


def test_a_class_lost_to_leaks_is_a_named_error() -> None:
    message = r"lodo_csmad \(lists=leak_free\): the train split has no attack samples: all 54"
    with pytest.raises(DataError, match=message):
        select(Lodo("csmad"), ROWS)
    assert len(select(Lodo("csmad"), ROWS, "official")[Split.TRAIN]) == 93


def test_official_leaks_of_known_subjects() -> None:
    # CSMAD's mask wearers E and F, and the stand, are in all three splits.
    pairs = leakage(official_selection(Grandtest(), ROWS), ROWS)
    assert [(pair.samples, pair.subjects) for pair in pairs] == [(134, 3), (108, 3), (88, 3)]


def test_the_table_is_complete() -> None:
    assert len(ROWS) == 29_567
    assert ROWS["sample_id"].is_unique
    assert ROWS["dataset"].nunique() == 13
    attacks = ROWS[ROWS["label"] == Label.ATTACK]
    assert set(attacks["pai_fine"]) == set(FinePai)
    assert (attacks["pai"] == [FinePai(fine).coarse for fine in attacks["pai_fine"]]).all()
    assert (ROWS.loc[ROWS["label"] == Label.BONA_FIDE, ["pai", "pai_fine", "pas_type"]] == "").all(
        axis=None
    )
    known = ROWS[ROWS["subject"] != ""].groupby("dataset")["subject"].nunique()
    # As the datasets' papers count their subjects (of MSU-MFSD the 35 that were released).
    assert known[["casia-fasd", "replay-attack", "replay-mobile", "oulu-npu", "siw"]].tolist() == [
        50,
        50,
        40,
        55,
        165,
    ]
    assert known[["msu-mfsd", "threedmad", "hkbu", "hkbuv2", "rose-youtu"]].tolist() == [
        35,
        17,
        8,
        12,
        20,
    ]
    nameless = ROWS.loc[ROWS["subject"] == "", "dataset"]
    assert set(nameless) == {"uvad", "siw-m"}


@pytest.mark.parametrize(
    ("dataset", "media", "subject"),
    [
        ("casia-fasd", "test_release/1/HR_4.avi", "test_1"),
        ("casia-fasd", "train_release/1/6.avi", "train_1"),
        ("csmad", "attack/WEAR/B/E_atk_B2_i0_013", "E"),
        ("csmad", "attack/STAND/E/Mask_atk_E2_i1_041", "stand"),
        ("csmad", "bonafide/F/F_gen_i2_009", "F"),
        ("hkbuv2", "attack/07/03_03_07.avi", "07"),
        ("msu-mfsd", "scene01/attack/attack_client021_laptop_SD_iphone_video_scene01.mov", "021"),
        ("siw", "Train/live/133/133-1-1-1-2.mov", "133"),
        ("siw-m", "Live/Train/Live_232.mov", ""),
    ],
)
def test_subjects_by_file_name(dataset: str, media: str, subject: str) -> None:
    assert subject_of(dataset, media) == subject


def test_a_copy_may_be_changed() -> None:
    changed = gradgpad_annotations()
    changed["label"] = "?"
    assert not (gradgpad_annotations()["label"] == "?").any()
    pd.testing.assert_frame_equal(gradgpad_annotations(), ROWS)
