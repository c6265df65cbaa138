"""A manifest of images: what it gives, and what it refuses."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from anomaly_fas.data.manifest import Manifest
from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.models.crop import to_crop


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    lines = ["path,label,subject,split"]
    for subject in range(6):
        for label in ("bona_fide", "attack"):
            name = f"{subject}_{label}.png"
            pixels = rng.integers(0, 256, (50, 40, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / name)
            split = ("train", "train", "devel", "devel", "test", "test")[subject]
            lines.append(f"{name},{label},{subject},{split}")
    (tmp_path / "m.csv").write_text("\n".join(lines))
    return tmp_path


def manifest(folder: Path, **changes: object) -> Manifest:
    settings = {
        "manifest": str(folder / "m.csv"), "root": str(folder), "image_size": 32,
        "cache_dir": str(folder / "cache"), "workers": 1, "split_by": None, "default_split": None,
        "split_shares": [0.5, 0.25, 0.25], "split_seed": 0, "shared_subjects": False,
    }  # fmt: skip
    return Manifest(**(settings | changes))  # type: ignore[arg-type]


def test_manifest_frames_are_the_files_resized(folder: Path) -> None:
    (folder / "video").mkdir()
    for number in range(3):
        Image.new("RGB", (32, 32), (number, 9, 9)).save(folder / "video" / f"{number}.png")
    text = (folder / "m.csv").read_text()
    (folder / "m.csv").write_text(text + "\nvideo,attack,0,train\n")
    source = manifest(folder)
    source.prepare()
    assert source.frame_counts.tolist() == [1] * 12 + [3]
    pixels = np.asarray(Image.open(folder / "1_attack.png"))
    np.testing.assert_array_equal(source.frame(3, 0), to_crop(pixels, 32))
    assert [int(source.frame(12, number)[0, 0, 0]) for number in range(3)] == [0, 1, 2]


def test_a_changed_file_is_read_again(folder: Path) -> None:
    manifest(folder).prepare()
    Image.new("RGB", (64, 64), (200, 0, 0)).save(folder / "0_attack.png")
    source = manifest(folder)
    source.prepare()
    assert source.frame(1, 0)[0, 0].tolist() == [200, 0, 0]


def test_unreadable_images_are_all_named(folder: Path) -> None:
    (folder / "1_attack.png").write_bytes(b"")
    (folder / "5_bona_fide.png").write_bytes(b"no image")
    with pytest.raises(DataError, match=r"(?s)2 sample\(s\).*1_attack\.png.*5_bona_fide\.png"):
        manifest(folder).prepare()


def test_a_frame_that_leads_out_of_the_root_is_refused(folder: Path, tmp_path_factory) -> None:  # type: ignore[no-untyped-def]
    outside = tmp_path_factory.mktemp("outside") / "x.png"
    Image.new("RGB", (32, 32)).save(outside)
    (folder / "video").mkdir()
    (folder / "video" / "0.png").symlink_to(outside)
    (folder / "m.csv").write_text((folder / "m.csv").read_text() + "\nvideo,attack,0,train\n")
    with pytest.raises(DataError, match="lead out of the root"):
        manifest(folder).prepare()


def test_splits(folder: Path) -> None:
    (folder / "m.csv").write_text((folder / "m.csv").read_text().replace(",split", ",part"))
    with pytest.raises(DataError, match=r"no splits.*data\.split_by=subject"):
        manifest(folder)
    assert set(manifest(folder, default_split="test").annotations["split"]) == {"test"}
    with pytest.raises(ConfigError, match="default_split='tset'"):
        manifest(folder, default_split="tset")
    made = manifest(folder, split_by="subject").annotations
    assert made.groupby("subject")["split"].nunique().eq(1).all()


def test_a_subject_in_two_splits_is_refused_by_name(folder: Path) -> None:
    text = (
        (folder / "m.csv")
        .read_text()
        .replace("0_attack.png,attack,0,train", "0_attack.png,attack,0,test")
    )
    (folder / "m.csv").write_text(text)
    with pytest.raises(DataError, match="more than one split: m/0"):
        manifest(folder)
    assert manifest(folder, shared_subjects=True).annotations["split"].nunique() == 3


def test_a_missing_root_is_named(folder: Path) -> None:
    with pytest.raises(DataError, match=r"paths\.root=.*no such folder"):
        manifest(folder, root=str(folder / "absent"))
