"""GRAD-GPAD v1's lists: how they are read, what they share with v2, the rules they follow.

The lists are licensed for non-commercial use and come with neither package nor tests.
"""

import io
import logging
import os
import tarfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.protocols.cross_device import CrossDevice
from anomaly_fas.protocols.gradgpad import gradgpad_annotations
from anomaly_fas.protocols.grandtest import Grandtest
from anomaly_fas.protocols.one_dataset import CrossDataset
from anomaly_fas.protocols.overview import leakage
from anomaly_fas.protocols.protocol import PadProtocol
from anomaly_fas.protocols.selection import official_selection, select
from anomaly_fas.protocols.v1 import V1List, with_v1_lists
from anomaly_fas.types import Pai, Split
from tests.nonempty import nonempty

ROWS = gradgpad_annotations()
PLACE = os.environ.get("ANOMALY_FAS_V1_LISTS", "")
needs_lists = pytest.mark.skipif(
    not PLACE, reason="ANOMALY_FAS_V1_LISTS names no archive of the v1 lists (non-commercial)"
)

# v1 has v2's datasets but for these two.
IN_V1 = ~ROWS["dataset"].isin(["siw-m", "hkbuv2"]).to_numpy()
FACES = "cross-face-resolution-train-"
SMALL, BIG = f"{FACES}big-and-medium-test-small-faces", f"{FACES}small-and-medium-test-big-faces"


@pytest.fixture(scope="module")
def listed() -> pd.DataFrame:
    return with_v1_lists(ROWS, Path(PLACE))


def members(listed: pd.DataFrame, name: str) -> dict[Split, set[int]]:
    return as_sets(V1List(name), listed)


def as_sets(protocol: PadProtocol, rows: pd.DataFrame) -> dict[Split, set[int]]:
    return {split: set(at.tolist()) for split, at in official_selection(protocol, rows).items()}


def positions(chosen: "pd.Series[bool]") -> set[int]:
    return set(np.flatnonzero(chosen).tolist())


@needs_lists
def test_all_lists_are_read_and_every_name_but_one_is_known(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        listed = with_v1_lists(ROWS, Path(PLACE))
    assert len(V1List.family(listed)) == 24
    pd.testing.assert_frame_equal(listed[ROWS.columns], ROWS)
    assert [record.getMessage() for record in caplog.records] == [
        "1 sample(s) of the v1 lists are not annotated: siw/Train/spoof/121/121-2-3-3-1"
    ]
    named = positions((listed.filter(like="v1/") != "").any(axis=1))
    assert named == set(np.flatnonzero(IN_V1).tolist())


@needs_lists
@pytest.mark.parametrize("protocol", [Grandtest(), *CrossDataset.family(ROWS[IN_V1])])
def test_what_v1_and_v2_share_agrees(listed: pd.DataFrame, protocol: PadProtocol) -> None:
    v1_name = protocol.name.replace("cross_dataset_", "cross-dataset-test-").replace("_", "-")
    shared = {
        split: chosen & positions(pd.Series(IN_V1))
        for split, chosen in as_sets(protocol, ROWS).items()
    }
    assert members(listed, v1_name.replace("threedmad", "3dmad")) == shared


@needs_lists
@pytest.mark.parametrize("protocol", CrossDevice.family(ROWS), ids=lambda p: p.device)
def test_cross_device_agrees_but_for_the_training_on_mobiles(
    listed: pd.DataFrame, protocol: CrossDevice
) -> None:
    ours = members(listed, f"cross-device-test-{protocol.device.replace('_', '-')}")
    shared = {
        split: chosen & positions(pd.Series(IN_V1))
        for split, chosen in as_sets(protocol, ROWS).items()
    }
    assert ours[Split.TEST] == shared[Split.TEST]
    if protocol.device != "mobile_tablet":
        assert ours == shared
        return
    # v1 trains and tunes on mobiles and tablets, which it means to hold out: 5,706 samples that v2
    # leaves out. Nothing else differs.
    grandtest = members(listed, "grandtest")
    mobile = positions(ROWS["device"].str.startswith("mobile_tablet"))
    for split, surplus in ((Split.TRAIN, 3541), (Split.DEVEL, 2165)):
        assert ours[split] == grandtest[split]
        assert ours[split] - shared[split] == grandtest[split] & mobile
        assert len(ours[split] - shared[split]) == surplus
        assert shared[split] < ours[split]


@needs_lists
def test_casia_surf_has_a_list_and_no_sample(listed: pd.DataFrame) -> None:
    surf, grandtest = members(listed, "cross-dataset-test-casia-surf"), members(listed, "grandtest")
    assert surf == grandtest | {Split.TEST: set()}
    with pytest.raises(DataError, match="the test split has no bona_fide samples"):
        select(V1List("cross-dataset-test-casia-surf"), listed)


@needs_lists
@pytest.mark.parametrize(
    ("name", "species"),
    [("mask", [Pai.MASK, Pai.PARTIAL]), ("print", [Pai.PRINT]), ("replay", [Pai.REPLAY])],
)
def test_one_pai_is_the_grandtest_with_one_kind_of_attack(
    listed: pd.DataFrame, name: str, species: list[Pai]
) -> None:
    chosen = positions(ROWS["pai"].isin(["", *species]))
    expected = {split: rows & chosen for split, rows in members(listed, "grandtest").items()}
    assert members(listed, f"one-pai-{name}") == expected


@needs_lists
@pytest.mark.parametrize(
    ("name", "quality", "lighting", "grades", "tested"),
    [
        # Tested with low-quality cameras, adverse light and high-quality instruments; trained
        # without any of the three.
        ("adverse", "low", "adverse", ["low", "medium"], ["high"]),
        ("optimal", "high", "controlled", ["medium", "high"], ["low"]),
    ],
)
def test_cross_conditions_follow_camera_light_and_instrument(
    listed: pd.DataFrame,
    name: str,
    quality: str,
    lighting: str,
    grades: list[str],
    tested: list[str],
) -> None:
    flat = ROWS["pai_fine"].isin(["mask_paper", "partial_upper_half"])
    grade = ROWS["pai_fine"].str.extract(r"^(?:print|replay)_(\w+)$")[0].mask(flat, "low")
    bona_fide, camera = ROWS["pai"] == "", ROWS["device"].str.rsplit("_", n=1).str[1]
    seen = (camera != quality) & (camera.notna()) & (ROWS["lighting"] != lighting)
    seen &= bona_fide | grade.isin(grades)
    if name == "optimal":  # the one exception: none of MSU-MFSD, whose light v2 does not annotate
        seen &= ROWS["dataset"] != "msu-mfsd"
    unseen = (camera == quality) & (ROWS["lighting"] == lighting)
    unseen &= bona_fide | grade.isin(tested)
    expected = {
        split: rows & positions(unseen if split is Split.TEST else seen)
        for split, rows in members(listed, "grandtest").items()
    }
    assert members(listed, f"cross-conditions-{name}") == expected


@needs_lists
def test_face_resolution_parts_the_grandtest_by_a_size_that_v2_does_not_annotate(
    listed: pd.DataFrame,
) -> None:
    small, big, grandtest = (members(listed, name) for name in (SMALL, BIG, "grandtest"))
    for split in (Split.TRAIN, Split.DEVEL):  # medium faces are in both
        assert small[split] | big[split] == grandtest[split]
    assert not small[Split.TEST] & big[Split.TEST]
    assert small[Split.TEST] | big[Split.TEST] < grandtest[Split.TEST]
    # With the device held out too, it is what cross_device mobile_tablet and big faces share.
    both = members(listed, "cross-device-and-face-resolution")
    mobile = positions(ROWS["device"].str.startswith("mobile_tablet"))
    assert both == {
        Split.TRAIN: big[Split.TRAIN] - mobile,
        Split.DEVEL: big[Split.DEVEL] - mobile,
        Split.TEST: big[Split.TEST] & mobile,
    }


@needs_lists
def test_leaks(listed: pd.DataFrame) -> None:
    for protocol in nonempty(V1List.family(listed)):
        official = official_selection(protocol, listed)
        assert all(pair.samples == 0 for pair in nonempty(leakage(official, listed)))
    # CSMAD's mask wearers E and F, and the stand, cross the splits in v1 as they do in v2.
    official = official_selection(V1List("grandtest"), listed)
    assert [pair.subjects for pair in leakage(official, listed)] == [3, 3, 3]
    leak_free = select(V1List("grandtest"), listed)
    assert [pair.subjects for pair in leakage(leak_free, listed)] == [0, 0, 0]


MINE = {
    "protocol_mine_train.txt": [
        "{OULU-NPU-PLACEHOLDER}/Train_files/1_1_01_1",
        "{MSU-MFSD-PLACEHOLDER}/real/real_client001_laptop_SD_scene01",
    ],
    "protocol_mine_dev.txt": ["{OULU-NPU-PLACEHOLDER}/Dev_files/1_1_21_1"],
    "deeper/protocol_mine_test.txt": [
        "{3DMAD-PLACEHOLDER}/07_02_01",
        "{CSMAD-PLACEHOLDER}/bonafide/N/N_gen_i1_018",
        "{OULU-NPU-PLACEHOLDER}/Dev_files/1_1_21_1",
    ],
    "README.txt": ["anything"],
}


def folder_of(files: dict[str, list[str]], folder: Path) -> Path:
    for name, lines in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("".join(f"{line}\n" for line in lines))
    return folder


def archive_of(files: dict[str, list[str]], path: Path) -> Path:
    with tarfile.open(path, "w:xz") as archive:
        for name, lines in files.items():
            raw = "".join(f"{line}\n" for line in lines).encode()
            member = tarfile.TarInfo(name)
            member.size = len(raw)
            archive.addfile(member, io.BytesIO(raw))
    return path


def test_a_folder_and_an_archive_read_alike(tmp_path: Path) -> None:
    listed = with_v1_lists(ROWS, folder_of(MINE, tmp_path / "lists"))
    pd.testing.assert_frame_equal(
        with_v1_lists(ROWS, archive_of(MINE, tmp_path / "lists.tar.xz")), listed
    )
    assert listed.columns[-1] == "v1/mine"
    cells = listed.set_index("path")["v1/mine"]
    assert cells[cells != ""].to_dict() == {
        "csmad/bonafide/N/N_gen_i1_018": "test",
        "msu-mfsd/scene01/real/real_client001_laptop_SD_scene01.mov": "train",
        "oulu-npu/Train_files/1_1_01_1.avi": "train",
        "oulu-npu/Dev_files/1_1_21_1.avi": "devel+test",
        "threedmad/Data/07_02_01.avi": "test",
    }
    assert [protocol.name for protocol in V1List.family(listed)] == ["v1_mine"]
    assert {s: len(rows) for s, rows in official_selection(V1List("mine"), listed).items()} == {
        Split.TRAIN: 2, Split.DEVEL: 1, Split.TEST: 3
    }  # fmt: skip


def test_without_the_lists_there_is_no_such_protocol(tmp_path: Path) -> None:
    assert V1List.family(ROWS) == []
    with pytest.raises(ConfigError, match=r"no GRAD-GPAD v1 lists; name .* paths\.v1_lists=FOLDER"):
        official_selection(V1List("one-pai-mask"), ROWS)
    listed = with_v1_lists(ROWS, folder_of(MINE, tmp_path))
    with pytest.raises(ConfigError, match=r"protocol\.list_name='yours': choose one of mine"):
        official_selection(V1List("yours"), listed)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "holds no lists of GRAD-GPAD v1"),
        ({"README.txt": ["anything"]}, "holds no lists of GRAD-GPAD v1"),
        ({"protocol_mine_dev.txt": ["a/b.png"]}, r"dev\.txt holds 'a/b\.png'; lines such as"),
        ({"protocol_mine_dev.txt": ["{X-PLACEHOLDER}/a"]}, "none of the samples listed there"),
    ],
)
def test_what_holds_no_lists_is_refused(
    files: dict[str, list[str]], message: str, tmp_path: Path
) -> None:
    folder = folder_of(files, tmp_path / "folder")
    for place in (folder, archive_of(files, tmp_path / "archive.tar.xz")):
        with pytest.raises(DataError, match=message):
            with_v1_lists(ROWS, place)


def test_a_damaged_or_endless_archive_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = archive_of(MINE, tmp_path / "lists.tar.xz")
    monkeypatch.setattr("anomaly_fas.protocols.v1.MAX_FILES", 2)
    for place in (archive, folder_of(MINE, tmp_path / "folder")):
        with pytest.raises(DataError, match="more than 2 files"):
            with_v1_lists(ROWS, place)
    archive.write_bytes(archive.read_bytes()[:100])
    with pytest.raises(DataError, match="no tar archive that can be read"):
        with_v1_lists(ROWS, archive)
    archive.write_bytes(b"no archive at all")
    with pytest.raises(DataError, match="no tar archive that can be read"):
        with_v1_lists(ROWS, archive)
    with pytest.raises(DataError, match="holds no lists"):
        with_v1_lists(ROWS, tmp_path / "nowhere")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "protocol_mine_dev.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match=r"protocol_mine_dev\.txt is no text file"):
        with_v1_lists(ROWS, tmp_path)
