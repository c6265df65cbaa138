"""Manifests: what is filled in, and that every fault is named at once."""

from pathlib import Path

import pandas as pd
import pytest

from anomaly_fas.data.manifest_table import read_manifest
from anomaly_fas.errors import DataError
from anomaly_fas.types import ANNOTATION_COLUMNS


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    folder.mkdir()
    for name in ("a.png", "b.png", "c.png"):
        (folder / name).touch()
    return folder


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_defaults(tmp_path: Path, root: Path) -> None:
    path = write(
        tmp_path / "mine.csv",
        "path,label,pai,pai_fine,room\na.png,bona_fide,bona_fide,,7\nb.png,attack,,mask_paper,8\n",
    )
    rows = read_manifest(path, root)
    assert set(rows.columns) == {*ANNOTATION_COLUMNS, "room"}
    assert rows["sample_id"].tolist() == ["a.png", "b.png"]
    assert rows["dataset"].tolist() == ["mine", "mine"]
    assert rows["pai"].tolist() == ["", "mask"]
    assert rows["room"].tolist() == ["7", "8"]
    assert (rows["subject"] == "").all()


def test_parquet_and_csv_are_read_alike(tmp_path: Path, root: Path) -> None:
    path = write(
        tmp_path / "m.csv", "path,label,subject,age\na.png,bona_fide,1,\nb.png,attack,,adult\n"
    )
    frame = pd.DataFrame(
        {
            "path": ["a.png", "b.png"],
            "label": ["bona_fide", "attack"],
            "subject": ["1", None],
            "age": [None, "adult"],
        }
    )
    frame.to_parquet(tmp_path / "m.parquet")
    pd.testing.assert_frame_equal(
        read_manifest(path, root)[list(ANNOTATION_COLUMNS)],
        read_manifest(tmp_path / "m.parquet", root)[list(ANNOTATION_COLUMNS)],
        check_dtype=False,
    )


def test_all_faults_are_named_at_once(tmp_path: Path, root: Path) -> None:
    (tmp_path / "secret.png").touch()
    (root / "link.png").symlink_to(tmp_path / "secret.png")
    path = write(
        tmp_path / "m.csv",
        "sample_id,path,label,pai,pai_fine,split\n"
        "1,a.png,real,,,train\n"
        "2,b.png,attack,hat,,train\n"
        "2,c.png,attack,print,mask_paper,tset\n"
        "4,../secret.png,attack,,,\n"
        "5,nowhere.png,bona_fide,,,\n"
        "6,link.png,bona_fide,print,,\n"
        "7,/etc/passwd,bona_fide,,,\n",
    )
    with pytest.raises(DataError) as error:
        read_manifest(path, root)
    message = str(error.value)
    for fault in (
        "row 2: label 'real'; choose one of bona_fide, attack",
        "row 3: pai 'hat'",
        "row 4: split 'tset'; choose one of train, devel, test",
        "row 4: pai_fine 'mask_paper' is no kind of pai 'print'",
        "row 4: sample_id '2' stands in row 3 already",
        "row 5: '../secret.png' leaves the root",
        "row 6: no file 'nowhere.png'",
        "row 7: a bona fide sample with a PAI species",
        "row 7: 'link.png' leaves the root",
        "row 8: '/etc/passwd' leaves the root",
    ):
        assert fault in message
    assert message.startswith("10 fault(s) in the manifest")


def test_a_long_list_is_cut(tmp_path: Path, root: Path) -> None:
    rows = "".join(f"{number}.png,attack\n" for number in range(50))
    with pytest.raises(DataError, match="… and 30 more"):
        read_manifest(write(tmp_path / "m.csv", "path,label\n" + rows), root)


def test_a_wrong_column_is_named_with_its_neighbour(tmp_path: Path, root: Path) -> None:
    path = write(tmp_path / "m.csv", "file,labels\na.png,attack\n")
    with pytest.raises(DataError, match=r"path, label \(is it 'labels'\?\)"):
        read_manifest(path, root)


@pytest.mark.parametrize("content", ["", "path,label\n", "\x00\x01"])
def test_no_rows(tmp_path: Path, root: Path, content: str) -> None:
    with pytest.raises(DataError):
        read_manifest(write(tmp_path / "m.csv", content), root)
    with pytest.raises(DataError, match="no manifest at"):
        read_manifest(tmp_path / "absent.csv", root)
