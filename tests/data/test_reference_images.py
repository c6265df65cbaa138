"""Reference images: from folders and manifests to crops, and what is refused."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from anomaly_fas.data.reference_images import (
    folder_rows,
    manifest_rows,
    reference_crops,
    without_test,
)
from anomaly_fas.errors import DataError


def picture(path: Path, value: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((40, 40, 3), value, np.uint8)).save(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "references"
    for number in range(3):
        picture(root / "bona_fide" / f"{number}.png", number)
        picture(root / "attack" / "print" / f"{number}.png", 10 + number)
        picture(root / "attack" / "replay" / "phone_a" / f"frame_{number}.png", 20 + number)
    return root


def test_a_folder_is_sorted_by_class_and_species_and_a_clip_counts_once(folder: Path) -> None:
    rows = folder_rows(folder)
    assert rows.groupby(["label", "pai"]).size().to_dict() == {
        ("bona_fide", ""): 3, ("attack", "print"): 3, ("attack", "replay"): 1,
    }  # fmt: skip
    crops = reference_crops(rows, folder, 24)
    assert crops.shape == (7, 24, 24, 3)
    expected = {"bona_fide": [0, 1, 2], "attack": [10, 11, 12, 20]}
    for label, values in expected.items():
        own = crops[(rows["label"] == label).to_numpy()]
        assert sorted(own[:, 0, 0, 0].tolist()) == values


def test_a_manifest_says_the_same(folder: Path, tmp_path: Path) -> None:
    manifest = tmp_path / "m.csv"
    lines = ["path,label,pai", "bona_fide/1.png,bona_fide,", "attack/print/2.png,attack,print"]
    manifest.write_text("\n".join(lines))
    rows = manifest_rows(manifest, folder)
    assert reference_crops(rows, folder, 24)[:, 0, 0, 0].tolist() == [1, 12]
    with pytest.raises(DataError, match=r"root=.*nowhere: no such folder"):
        manifest_rows(manifest, tmp_path / "nowhere")


def test_every_picture_that_cannot_be_read_is_named(folder: Path, tmp_path: Path) -> None:
    (folder / "bona_fide" / "text.png").write_text("no image")
    (folder / "attack" / "print" / "empty.png").touch()
    picture(tmp_path / "outside.png", 1)
    (folder / "bona_fide" / "clip").mkdir()
    (folder / "bona_fide" / "clip" / "link_1.png").symlink_to(tmp_path / "outside.png")
    with pytest.raises(DataError, match="it is not clear what"):
        folder_rows(folder)
    (folder / "bona_fide" / "clip" / "link_1.png").unlink()
    rows = folder_rows(folder)
    with pytest.raises(DataError, match=r"(?s)2 reference\(s\) cannot be read:.*empty.*text"):
        reference_crops(rows, folder, 24)


def test_what_cannot_be_sorted_is_refused(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(DataError, match="nowhere"):
        folder_rows(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"no pictures\. Sort them into bona_fide/"):
        folder_rows(tmp_path / "empty")
    (folder / "attack" / "replay" / "clip.mp4").touch()
    with pytest.raises(DataError, match=r"clip\.mp4' are no pictures: cut the faces out"):
        folder_rows(folder)
    (folder / "attack" / "replay" / "clip.mp4").unlink()
    picture(folder / "holiday.png", 1)
    with pytest.raises(DataError, match=r"what 'holiday\.png' is: sort the pictures"):
        folder_rows(folder)


def test_what_is_marked_as_test_is_no_reference(folder: Path, tmp_path: Path) -> None:
    manifest = tmp_path / "m.csv"
    lines = [
        "path,label,split",
        "bona_fide/0.png,bona_fide,test",
        "bona_fide/1.png,bona_fide,train",
    ]
    manifest.write_text("\n".join([*lines, "bona_fide/2.png,bona_fide,"]))
    kept = without_test(manifest_rows(manifest, folder))
    assert reference_crops(kept, folder, 24)[:, 0, 0, 0].tolist() == [1, 2]
    with pytest.raises(DataError, match="all 2 samples are of the test split"):
        without_test(kept.assign(split="test"))
