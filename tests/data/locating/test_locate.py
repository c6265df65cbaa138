"""`locate` finds samples as annotated and as distributed, and never guesses."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_fas.data.locating import locate as locating
from anomaly_fas.data.locating.locate import locate
from anomaly_fas.data.locating.scan import Scan
from anomaly_fas.errors import DataError
from anomaly_fas.protocols.gradgpad import gradgpad_annotations
from tests.nonempty import nonempty

if TYPE_CHECKING:
    from collections.abc import Iterable

    from anomaly_fas.data.locating.locate import Located


def write(root: Path, names: Iterable[str]) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def rows_of(*paths: str) -> pd.DataFrame:
    return pd.DataFrame({"path": paths, "dataset": [path.partition("/")[0] for path in paths]})


def find(path: str, root: Path) -> Located:
    return locate(rows_of(path), {path.partition("/")[0]: root})[0]


DISTRIBUTED = [
    ("casia-fasd/train_release/9/HR_1.avi", "train_release/9/HR_1.avi"),
    ("casia-fasd/test_release/1/6.avi", "CBSR-Antispoofing/test_release/1/6.avi"),
    ("csmad/attack/WEAR/C/F_atk_C3_i3_068", "attack/WEAR/C/F_atk_C3_i3_068.h5"),
    ("csmad/bonafide/B/B_genglasses_i3_008", "face-station/bonafide/B/B_genglasses_i3_008.hdf5"),
    ("hkbu/s1/01_01_01.mp4", "s1/01_01_01.MP4"),
    ("hkbuv2/attack/01/01_02_01.avi", "HKBU_MARs_V2/attack/01/01_02_01.avi"),
    (
        "msu-mfsd/scene01/real/real_client002_laptop_SD_scene01.mov",
        "scene01/real/real_client002_laptop_SD_scene01.mov",
    ),
    (
        "msu-mfsd/scene01/attack/attack_client008_android_SD_ipad_video_scene01.mp4",
        "MSU-MFSD/attack/attack_client008_android_SD_ipad_video_scene01.MP4",
    ),
    ("oulu-npu/Train_files/1_1_06_2.avi", "Oulu_NPU/Train_files/1_1_06_2.avi"),
    (
        "replay-attack/test/attack/hand/attack_mobile_client013_session01_mobile_video_controlled.mov",
        "replayattack/test/attack/hand/"
        "attack_mobile_client013_session01_mobile_video_controlled.mov",
    ),
    (
        "replay-mobile/devel/real/client005_session02_authenticate_tablet_adverse.mov",
        "database/devel/real/client005_session02_authenticate_tablet_adverse.mov",
    ),
    ("rose-youtu/10/G_NT_5s_wg_E_10_2.mp4", "rose_youtu_full/10/G_NT_5s_wg_E_10_2.mp4"),
    ("siw/Test/live/158/158-2-1-1-1.m.mov", "SiW_release/Test/live/158/158-2-1-1-1.m.mov"),
    ("siw-m/Live/Train/Live_18.mov", "SiW-M/Live/Train/Live_18.mov"),
    ("siw-m/Partial/PaperCut/Partial_Eye_3.mov", "Partial/PaperCut/Partial_Eye_3.MOV"),
    ("siw-m/Live/Test/Live_613.mov", "SiW-Mv2/Live/Live_613.mov"),
    ("siw-m/Mask/MannequinHead/Mask_Mann_1.mov", "SiW-Mv2/Spoof/Mannequin/Mask_Mann_1.mp4"),
    ("siw-m/Paper/Paper_89.mov", "SiW-Mv2/Spoof/Print/Paper_89.mov"),
    ("threedmad/Data/04_03_01.avi", "Data/04_03_01.hdf5"),
    ("threedmad/Data/04_03_01.avi", "3DMAD/Data 3/04_03_01.hdf5"),
    ("threedmad/Data/04_03_02.avi", "3dmad/session03/04_03_02.hdf5"),
    ("threedmad/Data/04_03_03.avi", "04_03_03.hdf5"),
    (
        "uvad/release_1/attack/canon/sony/monitor1/MAH01433.MOV",
        "release_1/attack/canon/sony/monitor1/MAH01433.mov",
    ),
]


@pytest.mark.parametrize(("annotated", "distributed"), DISTRIBUTED)
def test_a_sample_is_found_by_its_distributed_name(
    tmp_path: Path, annotated: str, distributed: str
) -> None:
    assert annotated in set(gradgpad_annotations()["path"])
    write(tmp_path, [distributed])
    found = find(annotated, tmp_path)
    assert (found.path, found.reason) == (tmp_path / distributed, "")


@pytest.mark.parametrize("root", [".", "data", "data/oulu", "data/oulu/Train_files"])
def test_the_root_may_lie_above_or_inside_the_annotated_tree(tmp_path: Path, root: str) -> None:
    write(tmp_path, ["data/oulu/Train_files/1_1_06_2.avi"])
    found = find("oulu-npu/Train_files/1_1_06_2.avi", tmp_path / root)
    assert found.path is not None
    assert found.path.samefile(tmp_path / "data/oulu/Train_files/1_1_06_2.avi")


def test_folders_are_compared_whole(tmp_path: Path) -> None:
    write(tmp_path, ["train_release/19/HR_1.avi", "xtrain_release/9/HR_1.avi"])
    found = find("casia-fasd/train_release/9/HR_1.avi", tmp_path)
    assert (found.path, found.reason) == (None, f"no such file under {tmp_path}")


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (["1.avi", "1.mov", "1.hdf5", "1/001.jpg"], "1.avi"),
        (["1.AVI", "1.mp4"], "1.AVI"),
        (["1.mov", "1.hdf5", "1/001.jpg", "1.png"], "1.mov"),
        (["1.h5", "1/001.jpg", "1.png"], "1.h5"),
        (["1/001.jpg", "1.png"], "1"),
        (["1.avi/001.jpg"], "1.avi"),
        (["1.png", "1"], "1.png"),
        (["1"], "1"),
        (["1.stream"], "1.stream"),
        (["1.avi", "1.stream", "1.txt", "1.face"], "1.avi"),
    ],
)
def test_of_one_name_the_likelier_kind_is_taken(
    tmp_path: Path, names: list[str], wanted: str
) -> None:
    write(tmp_path / "train_release/2", names)
    found = find("casia-fasd/train_release/2/1.avi", tmp_path)
    assert found.path == tmp_path / "train_release/2" / wanted


@pytest.mark.parametrize("suffix", [".txt", ".face", ".bbox", ".json", ".zip", ".part", ".NPY"])
def test_a_sidecar_is_never_the_sample(tmp_path: Path, suffix: str) -> None:
    write(tmp_path, [f"Train_files/1_1_06_2{suffix}", "Train_files/.1_1_06_2.avi"])
    assert find("oulu-npu/Train_files/1_1_06_2.avi", tmp_path).path is None


def test_a_folder_without_images_is_never_the_sample(tmp_path: Path) -> None:
    write(tmp_path, ["Train_files/1_1_06_2/notes.txt", "Train_files/1_1_06_2/deeper/1.jpg"])
    assert find("oulu-npu/Train_files/1_1_06_2.avi", tmp_path).path is None


def test_several_that_fit_alike_are_reported(tmp_path: Path) -> None:
    write(tmp_path, ["a/Train_files/1_1_06_2.avi", "b/Train_files/1_1_06_2.avi"])
    found = find("oulu-npu/Train_files/1_1_06_2.avi", tmp_path)
    assert found.path is None
    assert found.reason == ("2 files fit: a/Train_files/1_1_06_2.avi, b/Train_files/1_1_06_2.avi")


def test_the_path_from_the_root_wins_over_a_copy_further_down(tmp_path: Path) -> None:
    write(tmp_path, ["Train_files/1_1_06_2.mp4", "copy/Train_files/1_1_06_2.avi"])
    found = find("oulu-npu/Train_files/1_1_06_2.avi", tmp_path)
    assert found.path == tmp_path / "Train_files/1_1_06_2.mp4"


@pytest.mark.parametrize("name", ["1_1_06_2", "1_1_06_2.stream"])
def test_a_file_of_no_known_kind_counts_only_if_nothing_better_fits(
    tmp_path: Path, name: str
) -> None:
    write(tmp_path, [f"Train_files/{name}", "videos/Train_files/1_1_06_2.avi"])
    found = find("oulu-npu/Train_files/1_1_06_2.avi", tmp_path)
    assert found.path == tmp_path / "videos/Train_files/1_1_06_2.avi"


def test_a_mere_name_counts_at_the_root_only(tmp_path: Path) -> None:
    write(tmp_path, ["hkbuv2/attack/07/07_02_01.avi"])
    assert find("threedmad/Data/07_02_01.avi", tmp_path).path is None


def test_composed_and_decomposed_names_and_spaces_are_the_same(tmp_path: Path) -> None:
    name = "Mes données é/Straße/cliché 1"
    write(tmp_path, [unicodedata.normalize("NFD", name) + ".MP4"])
    row = unicodedata.normalize("NFC", f"own/{name}.mp4")
    assert find(row, tmp_path).path is not None


def test_links_are_followed_inside_the_root_only(tmp_path: Path) -> None:
    inside, outside = tmp_path / "root", tmp_path / "outside"
    write(outside, ["1_1_06_2.avi", "Dev_files/1_1_21_1.avi"])
    write(inside, ["store/a.avi", "Train_files/keep.avi"])
    (inside / "Train_files/1_1_06_2.avi").symlink_to(outside / "1_1_06_2.avi")
    (inside / "Train_files/1_1_06_3.avi").symlink_to(inside / "store/a.avi")
    (inside / "Dev_files").symlink_to(outside / "Dev_files")
    (inside / "circle").symlink_to(inside)
    rows = rows_of(
        "oulu-npu/Train_files/1_1_06_2.avi",
        "oulu-npu/Train_files/1_1_06_3.avi",
        "oulu-npu/Dev_files/1_1_21_1.avi",
    )
    out, within, folder = locate(rows, {"oulu-npu": inside})
    assert out.path is None
    assert out.reason == f"leads out of the root {inside}: Train_files/1_1_06_2.avi"
    assert within.path == inside / "Train_files/1_1_06_3.avi"
    assert folder.reason == f"leads out of the root {inside}: Dev_files"


def test_two_names_of_one_file_are_no_ambiguity(tmp_path: Path) -> None:
    write(tmp_path, ["a/Train_files/1_1_06_2.avi"])
    (tmp_path / "b").symlink_to(tmp_path / "a")
    found = find("oulu-npu/Train_files/1_1_06_2.avi", tmp_path)
    assert found.path == tmp_path / "a/Train_files/1_1_06_2.avi"


def test_a_path_that_climbs_finds_nothing(tmp_path: Path) -> None:
    write(tmp_path, ["outside/1.avi", "root/1.avi"])
    for path in ("own/../outside/1.avi", f"own/{tmp_path}/outside/1.avi"):
        assert find(path, tmp_path / "root").path is None


def test_datasets_without_a_root_say_so(tmp_path: Path) -> None:
    write(tmp_path, ["s1/01_01_01.mp4"])
    rows = rows_of("siw/Train/live/003/003-1-1-1-1.mov", "hkbu/s1/01_01_01.mp4")
    siw, hkbu = locate(rows, {"hkbu": tmp_path})
    assert (siw.path, siw.reason) == (None, "no root given")
    assert hkbu.path == tmp_path / "s1/01_01_01.mp4"


def test_an_unknown_dataset_is_refused_with_a_hint(tmp_path: Path) -> None:
    rows = rows_of("oulu-npu/Train_files/1_1_06_2.avi", "siw/Train/live/003/1.mov")
    with pytest.raises(DataError, match=r"oulu_npu.*Do you mean oulu-npu\?.*oulu-npu, siw"):
        locate(rows, {"oulu_npu": tmp_path})


def test_a_root_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    write(tmp_path, ["file"])
    for root in (tmp_path / "missing", tmp_path / "file"):
        with pytest.raises(DataError, match="no such folder"):
            locate(rows_of("siw/Train/live/003/1.mov"), {"siw": root})


ROOT = Path("/data/all of them")


@cache
def annotations() -> pd.DataFrame:
    return gradgpad_annotations()


def with_files(monkeypatch: pytest.MonkeyPatch, files: list[str]) -> None:
    monkeypatch.setattr(locating, "scan", lambda root: Scan(root, sorted(files)))


def as_distributed(path: str) -> str:
    """The name of a sample's file where HDF5 is distributed; the others' as annotated."""
    if path.startswith("threedmad/"):
        return str(PurePosixPath(path).with_suffix(".hdf5"))
    return f"{path}.h5" if path.startswith("csmad/") else path


@pytest.mark.parametrize("above", ["", "downloads/"])
def test_all_samples_under_one_common_root_are_found_one_to_one(
    monkeypatch: pytest.MonkeyPatch, above: str
) -> None:
    rows = annotations()
    files = [above + as_distributed(path) for path in rows["path"]]
    with_files(monkeypatch, files)
    found = locate(rows, dict.fromkeys(rows["dataset"].unique(), ROOT))
    assert [place.path for place in found] == [ROOT / name for name in files]
    assert len({place.path for place in found}) == 29_567


def test_no_sample_is_taken_for_one_of_another_dataset(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = annotations()
    for dataset in nonempty(rows["dataset"].unique()):
        own = rows["dataset"] == dataset
        with_files(monkeypatch, [as_distributed(path) for path in rows["path"][~own]])
        assert not any(place.path for place in locate(rows[own], {dataset: ROOT})), dataset


def test_rows_of_any_order_and_index_keep_their_files(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = annotations().sample(3000, random_state=np.random.default_rng(0))
    with_files(monkeypatch, annotations()["path"].tolist())
    found = locate(rows, dict.fromkeys(rows["dataset"].unique(), ROOT))
    assert [place.path for place in found] == [ROOT / path for path in rows["path"]]


@given(
    at=st.integers(0, 29_566),
    above=st.lists(st.sampled_from(["Data", "é", "a b", "dataset"]), max_size=3),
    recase=st.sampled_from([str.upper, str.lower, str.swapcase, str]),
    suffix=st.sampled_from([".avi", ".MP4", ".mov", ".h5", ".hdf5", ".png", ""]),
)
def test_any_sample_is_found_in_any_case_with_any_suffix(
    at: int, above: list[str], recase: type[str], suffix: str
) -> None:
    rows = annotations().iloc[[at]]
    path = rows["path"].iloc[0]
    bare = path if path.startswith("csmad/") else path.rpartition(".")[0]
    name = "/".join([*above, recase(bare) + suffix])
    with pytest.MonkeyPatch.context() as patch:
        with_files(patch, [name])
        (found,) = locate(rows, {rows["dataset"].iloc[0]: ROOT})
    assert (found.path, found.reason) == (ROOT / name, "")


def test_a_whole_dataset_on_disk_is_found(tmp_path: Path) -> None:
    rows = annotations()
    rows = rows[rows["dataset"] == "replay-mobile"]
    for path in rows["path"]:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    found = locate(rows, {"replay-mobile": tmp_path})
    assert [place.path for place in found] == [tmp_path / path for path in rows["path"]]
