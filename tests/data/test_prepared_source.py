"""Sources whose crops are cut from captures: what they list, find, hold and refuse."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from anomaly_fas.data.captures import Captures
from anomaly_fas.data.datamodule import PadDataModule
from anomaly_fas.data.faces.face import Face
from anomaly_fas.data.faces.face_crop import Square
from anomaly_fas.data.gradgpad import GradGpad
from anomaly_fas.data.preparation.filling import Filling
from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.protocols.gradgpad import gradgpad_annotations
from anomaly_fas.protocols.siw import Siw
from anomaly_fas.types import Split
from tests.data.media.encoding import encode, numbered
from tests.nonempty import nonempty

if TYPE_CHECKING:
    from anomaly_fas.data.source import Source


class Middle:
    """Finds a face in the middle of every frame."""

    def __call__(self, image: np.ndarray) -> list[Face]:
        return [Face((30.0, 14.0, 66.0, 50.0), None, 0.9)]

    def describe(self) -> dict[str, str | float | int]:
        return {"name": "middle"}


def gradgpad(cache: Path, **changes: object) -> GradGpad:
    settings: dict[str, object] = {
        "roots": {}, "roots_file": None, "datasets": None, "v1_lists": None, "frames": 4,
        "face_detector": Middle(), "face_crop": Square(16, 0.0), "cache_dir": str(cache),
        "contents": "",
    }  # fmt: skip
    return GradGpad(**(settings | changes))  # type: ignore[arg-type]


def captures(place: Path, **changes: object) -> Captures:
    settings: dict[str, object] = {
        "manifest": str(place / "m.csv"), "root": str(place), "split_by": None,
        "default_split": None, "split_shares": [0.5, 0.25, 0.25], "split_seed": 0, "frames": 4,
        "face_detector": Middle(), "face_crop": Square(16, 0.0), "cache_dir": str(place / "cache"),
        "contents": "", "shared_subjects": False,
    }  # fmt: skip
    return Captures(**(settings | changes))  # type: ignore[arg-type]


def fill(source: GradGpad | Captures) -> None:
    filling = Filling(source.folder, source.settings, source.cutter, 0)
    filling.run(source.captures(), lambda *_: None)


def write(root: Path, media: str, frames: int = 20) -> None:
    path = root / media
    path.parent.mkdir(parents=True, exist_ok=True)
    encode(path, numbered(frames), "mpeg4")


@pytest.fixture
def two_datasets(tmp_path: Path) -> dict[str, str]:
    """A few videos of each of two datasets."""
    rows = gradgpad_annotations()
    for dataset in ("hkbu", "siw"):
        for path in rows.loc[rows["dataset"] == dataset, "path"].iloc[::40][:6]:
            write(tmp_path / "copies", path)
    return {name: str(tmp_path / "copies" / name) for name in ("hkbu", "siw")}


def test_captures_are_those_of_the_datasets_with_a_root(
    tmp_path: Path, two_datasets: dict[str, str]
) -> None:
    source = gradgpad(tmp_path, roots=two_datasets | {"uvad": None})
    found = source.captures()
    assert {capture.dataset for capture in found} == {"hkbu", "siw"}
    assert len(found) == 110 + 4477
    there = [capture for capture in found if capture.path is not None]
    assert 9 <= len(there) <= 12
    for capture in nonempty(there):
        assert capture.path == Path(two_datasets[capture.dataset]) / capture.source
        assert capture.turns == (0,)
    assert all(
        "no such file" in capture.reason for capture in nonempty(found) if capture.path is None
    )


def test_roots_may_come_from_a_file_and_the_command_line_comes_first(
    tmp_path: Path, two_datasets: dict[str, str]
) -> None:
    file = tmp_path / "roots.yaml"
    file.write_text(f"hkbu: /nowhere\nsiw: {two_datasets['siw']}\nuvad: null\n")
    source = gradgpad(tmp_path, roots={"hkbu": two_datasets["hkbu"]}, roots_file=str(file))
    assert {c.dataset for c in source.captures() if c.path} == {"hkbu", "siw"}


@pytest.mark.parametrize("content", ["- a\n- b\n", "a: [1]\n", "a: {b: c}\n", "{", "a: 1"])
def test_a_faulty_roots_file_is_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "roots.yaml"
    file.write_text(content)
    with pytest.raises(ConfigError, match=r"paths\.roots_file=.*roots\.yaml"):
        gradgpad(tmp_path, roots_file=str(file))


def test_unknown_names_and_missing_folders_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"'oulu_npu'.*oulu-npu"):
        gradgpad(tmp_path, roots={"oulu_npu": str(tmp_path)}).captures()
    with pytest.raises(DataError, match="no/such"):
        gradgpad(tmp_path, roots={"siw": "/no/such"}).captures()
    with pytest.raises(DataError, match=r"no roots.*paths\.roots\.oulu-npu=FOLDER"):
        gradgpad(tmp_path).captures()
    with pytest.raises(ConfigError, match=r"data\.datasets: no dataset siww"):
        _ = gradgpad(tmp_path, datasets=["siww"]).listed


def test_folders_may_be_named_in_any_bytes(tmp_path: Path) -> None:
    path = gradgpad_annotations().query("dataset == 'hkbu'")["path"].iloc[0]
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    write(odd, path)
    source = gradgpad(tmp_path / "cache", roots={"hkbu": str(tmp_path)})
    (found,) = (capture for capture in source.captures() if capture.path is not None)
    assert found.source == f"caf?/{path}"
    fill(source)
    assert len(gradgpad(tmp_path / "cache").annotations) == 1


def test_the_side_on_which_videos_lie_is_looked_for(tmp_path: Path) -> None:
    for dataset, turns in (("replay-mobile", (0, 90, 270)), ("msu-mfsd", (0, 180))):
        (tmp_path / dataset).mkdir()
        source = gradgpad(tmp_path, roots={dataset: str(tmp_path / dataset)})
        assert {capture.turns for capture in source.captures()} == {turns}


def test_a_source_is_what_the_store_holds(tmp_path: Path, two_datasets: dict[str, str]) -> None:
    source = gradgpad(tmp_path / "cache", roots=two_datasets)
    with pytest.raises(DataError, match="no crops are prepared"):
        source.prepare()
    fill(source)
    trained: Source = gradgpad(tmp_path / "cache")
    trained.prepare()
    assert set(trained.annotations["dataset"]) == {"hkbu", "siw"}
    assert (trained.frame_counts == 4).all()
    assert trained.frame(0, 3).shape == (16, 16, 3)
    one = gradgpad(tmp_path / "cache", datasets=["siw"])
    assert set(one.annotations["dataset"]) == {"siw"}
    contents = gradgpad(tmp_path / "cache").contents
    assert len({one.contents, contents}) == 2
    assert gradgpad(tmp_path / "cache", contents=contents).contents == contents
    with pytest.raises(DataError, match="other samples now"):
        gradgpad(tmp_path / "cache", contents="0" * 16).prepare()
    with pytest.raises(DataError, match="no crops of any of these"):
        gradgpad(tmp_path / "cache", datasets=["uvad"]).prepare()


def test_a_protocol_may_train_on_first_frames_alone(tmp_path: Path) -> None:
    rows = gradgpad_annotations()
    siw = rows[(rows["dataset"] == "siw") & rows["path"].str.contains("/Train/")]
    chosen = [
        *siw[siw["label"] == "bona_fide"]["path"][:3],
        *siw[siw["label"] == "attack"]["path"][:3],
    ]
    for number, path in enumerate(chosen):
        write(tmp_path / "copies", path, frames=200 if number % 3 else 600)
    root = {"siw": str(tmp_path / "copies" / "siw")}
    fill(gradgpad(tmp_path / "cache", roots=root))
    source = gradgpad(tmp_path / "cache")
    # Of 200 frames, 25, 75, 125 and 175 are kept; of 600, 75, 225 …: none of the first 60.
    assert source.frame_counts.tolist() == [4] * 6
    assert sorted(source.frame_counts_before(60)) == [0, 0, 1, 1, 1, 1]
    assert Siw(1).first_train_frames == 60
    assert Siw(2, medium=1).first_train_frames is None
    everything = np.arange(6)
    selection = {Split.TRAIN: everything, Split.DEVEL: everything, Split.TEST: everything}
    asked: dict[str, object] = {}

    def sampler(**given: object) -> None:
        asked.update(given)
        raise StopIteration

    module = PadDataModule(
        source, selection, sampler, lambda image: image, eval_batch_size=4, workers=0, seed=0,  # type: ignore[arg-type]
        first_train_frames=60,
    )  # fmt: skip
    with pytest.raises(StopIteration):
        module.train_dataloader()
    np.testing.assert_array_equal(asked["frame_counts"], source.frame_counts_before(60))
    assert (source.frame_counts_before(60)[asked["chosen"]] == 1).all()
    assert module.references.bona_fide.size + module.references.attack.size == 4
    with pytest.raises(DataError, match="first 5 frames"):
        PadDataModule(
            source, selection, sampler, lambda image: image, eval_batch_size=4, workers=0, seed=0,  # type: ignore[arg-type]
            first_train_frames=5,
        )  # fmt: skip


def manifest(place: Path, **columns: list[str]) -> None:
    pd.DataFrame(columns).to_csv(place / "m.csv", index=False)


def test_ones_own_videos_are_found_below_the_root_alone(tmp_path: Path) -> None:
    place = tmp_path / "root"
    write(place, "a b/ü.mp4")
    write(tmp_path, "outside.mp4")
    (place / "link.mp4").symlink_to(tmp_path / "outside.mp4")
    paths = ["a b/ü.mp4", "../outside.mp4", "link.mp4", str(tmp_path / "outside.mp4"), "absent.mp4"]
    manifest(place, path=paths, label=["bona_fide"] * 5)
    found = captures(place).captures()
    assert [capture.path is not None for capture in found] == [True, False, False, False, False]
    assert ["leads out" in capture.reason for capture in found] == [False, True, True, True, False]
    with pytest.raises(DataError, match=r"paths\.root=.*no such folder"):
        captures(place, root=str(tmp_path / "absent")).captures()


def test_boxes_and_landmarks_of_the_manifest_take_the_place_of_the_detector(tmp_path: Path) -> None:
    write(tmp_path, "a.mp4")
    write(tmp_path, "b.mp4")
    points = "30 20 60 20 45 30 35 45 55 45"
    manifest(tmp_path, path=["a.mp4", "b.mp4"], label=["bona_fide", "attack"],
             box=["0 0 32 32", ""], landmarks=[points, ""])  # fmt: skip
    first, second = captures(tmp_path).captures()
    assert first.face is not None
    assert first.face.box == (0.0, 0.0, 32.0, 32.0)
    assert first.face.landmarks is not None
    assert first.face.landmarks[2] == (45.0, 30.0)
    assert second.face is None
    manifest(tmp_path, path=["a.mp4", "b.mp4"], label=["bona_fide", "attack"],
             box=["0 0 32", "5 5 1 1"])  # fmt: skip
    with pytest.raises(DataError, match=r"2 fault\(s\)(?s:.*)row 2: box(?s:.*)row 3: box"):
        captures(tmp_path).captures()


def test_splits_are_needed_to_train_and_not_to_prepare(tmp_path: Path) -> None:
    names = [f"{subject}{label[0]}.mp4" for subject in "abcd" for label in ("bona_fide", "attack")]
    for name in names:
        write(tmp_path, name)
    labels = ["bona_fide", "attack"] * 4
    manifest(tmp_path, path=names, label=labels, subject=[name[0] for name in names])
    fill(captures(tmp_path))
    with pytest.raises(DataError, match="has no splits"):
        _ = captures(tmp_path).annotations
    rows = captures(tmp_path, split_by="subject").annotations
    assert set(rows["split"]) == {"train", "devel", "test"}
    assert rows.groupby("subject")["split"].nunique().eq(1).all()


def test_manifests_of_one_name_have_stores_apart(tmp_path: Path) -> None:
    folders = []
    for name in ("one", "two"):
        place = tmp_path / name
        write(place, "a.mp4")
        manifest(place, path=["a.mp4"], label=["bona_fide"])
        folders.append(captures(place, cache_dir=str(tmp_path / "cache")).folder)
    assert folders[0] != folders[1]


def test_at_least_one_frame_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"data\.frames=0"):
        gradgpad(tmp_path, frames=0)
