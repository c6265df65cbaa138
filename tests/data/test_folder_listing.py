"""Folders laid out as people lay them out, and the tables that they are listed in."""

import os
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from anomaly_fas.data.folder_listing import COLUMNS, FolderListing, Frames, list_folder
from anomaly_fas.data.locating.names import Kind
from anomaly_fas.data.manifest_table import read_manifest
from anomaly_fas.errors import ConfigError, DataError


def tree(root: Path, *paths: str) -> Path:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).touch()
    return root


def listed(root: Path, frames: Frames = "auto", subject: str | None = "folder") -> FolderListing:
    """The listing, which is also what is read from it as a file."""
    listing = list_folder(root, frames=frames, subject=subject)
    if len(listing.rows):
        path = root.parent / "listing.csv"
        listing.rows.to_csv(path, index=False)
        read = read_manifest(path, root)[list(COLUMNS)]
        assert read.astype(str).equals(listing.rows.astype(str))
        assert set(listing.rows["dataset"]) == {root.name}
        assert listing.rows["path"].is_monotonic_increasing
    return listing


def cells(listing: FolderListing, *columns: str) -> dict[str, tuple[str, ...]]:
    rows = listing.rows
    return dict(
        zip(rows["path"], rows[list(columns)].itertuples(index=False, name=None), strict=True)
    )


def test_labels_alone(tmp_path: Path) -> None:
    root = tree(tmp_path / "faces", "real/a.jpg", "real/b.PNG", "fake/a.jpg")
    made = listed(root)
    assert cells(made, "label", "pai", "pai_fine", "subject", "split") == {
        "fake/a.jpg": ("attack", "", "", "", ""),
        "real/a.jpg": ("bona_fide", "", "", "", ""),
        "real/b.PNG": ("bona_fide", "", "", "", ""),
    }
    assert made.kinds == [Kind.IMAGE] * 3


def test_splits_above_subjects_above_labels(tmp_path: Path) -> None:
    root = tree(
        tmp_path / "celeb", "Data/train/10/live/000123.png", "Data/train/10/live/000124.png",
        "Data/train/10/spoof/000125.png", "Data/test/77/spoof/000126.jpg",
    )  # fmt: skip
    assert cells(listed(root), "label", "subject", "split") == {
        "Data/test/77/spoof/000126.jpg": ("attack", "77", "test"),
        "Data/train/10/live/000123.png": ("bona_fide", "10", "train"),
        "Data/train/10/live/000124.png": ("bona_fide", "10", "train"),
        "Data/train/10/spoof/000125.png": ("attack", "10", "train"),
    }


def test_species_below_and_beside_labels(tmp_path: Path) -> None:
    root = tree(
        tmp_path / "siw", "live/p1/a.mp4", "attack/print/high/p1/a.mp4", "replay/p2/b.mov",
        "Bona Fide/p3/c.h5",
    )  # fmt: skip
    made = listed(root)
    assert cells(made, "label", "pai", "pai_fine", "subject") == {
        "Bona Fide/p3/c.h5": ("bona_fide", "", "", "p3"),
        "attack/print/high/p1/a.mp4": ("attack", "print", "print_high", "p1"),
        "live/p1/a.mp4": ("bona_fide", "", "", "p1"),
        "replay/p2/b.mov": ("attack", "replay", "", "p2"),
    }
    assert made.kinds == [Kind.HDF5, Kind.VIDEO, Kind.VIDEO, Kind.VIDEO]


def test_files_named_after_labels(tmp_path: Path) -> None:
    root = tree(tmp_path / "a", "p1/real.avi", "p1/print_attack.avi", "attack/p2/mask.avi")
    assert cells(listed(root), "label", "pai", "subject") == {
        "attack/p2/mask.avi": ("attack", "", "p2"),
        "p1/print_attack.avi": ("attack", "print", "p1"),
        "p1/real.avi": ("bona_fide", "", "p1"),
    }


def test_numbered_images_of_a_folder_with_its_own_name_are_frames(tmp_path: Path) -> None:
    root = tree(
        tmp_path / "a", "real/p1/clip/frame_000.png", "real/p1/clip/frame_001.png",
        "real/p1/clip/notes.txt", "fake/1.png", "fake/2.png", "fake/p2/a1.png", "fake/p2/b2.png",
        "fake/p3/1.png", "fake/p4/1.png", "fake/p4/2.png", "fake/p4/2.avi",
    )  # fmt: skip
    made = listed(root)
    kinds = dict(zip(made.rows["path"], made.kinds, strict=True))
    assert [path for path, kind in kinds.items() if kind is Kind.FRAMES] == ["real/p1/clip"]
    assert cells(made, "subject")["real/p1/clip"] == ("p1",)
    # One picture, pictures of two names and a video beside them are no clip; nor is `fake`.
    assert [path for path, kind in kinds.items() if kind is Kind.IMAGE] == [
        "fake/1.png", "fake/2.png", "fake/p2/a1.png", "fake/p2/b2.png", "fake/p3/1.png",
        "fake/p4/1.png", "fake/p4/2.png",
    ]  # fmt: skip
    assert made.others == ["real/p1/clip/notes.txt"]


@pytest.mark.parametrize("name", ["v01", "frames", "Clip"])
def test_names_of_clips(tmp_path: Path, name: str) -> None:
    root = tree(tmp_path / "a", f"real/p1/{name}/1.png", f"real/p1/{name}/2.png")
    assert cells(listed(root), "subject") == {f"real/p1/{name}": ("p1",)}


@pytest.mark.parametrize("name", ["real", "test", "paper", "images", "faces"])
def test_names_that_are_no_clips(tmp_path: Path, name: str) -> None:
    root = tree(tmp_path / "a", f"real/p1/{name}/1.png", f"real/p1/{name}/2.png")
    paths = [f"real/p1/{name}/1.png", f"real/p1/{name}/2.png"]
    assert cells(listed(root), "subject") == dict.fromkeys(paths, ("p1",))


@pytest.mark.parametrize(
    ("frames", "paths"),
    [
        ("file", ["fake/p1/x.png", "real/p1/1.png", "real/p1/2.png", "real/p1/v.avi"]),
        ("folder", ["fake/p1", "real/p1", "real/p1/v.avi"]),
    ],
)
def test_what_a_sample_is_can_be_said(tmp_path: Path, frames: Frames, paths: list[str]) -> None:
    root = tree(tmp_path / "a", "real/p1/1.png", "real/p1/2.png", "real/p1/v.avi", "fake/p1/x.png")
    assert list(listed(root, frames).rows["path"]) == paths


@pytest.mark.parametrize(
    ("pattern", "subject"),
    [
        (None, ""),
        ("folder", "day1"),
        ("id([0-9]+)", "07"),
        ("id[0-9]+", "id07"),
        (r"(?P<day>day.)/id(?P<subject>[0-9]+)", "07"),
    ],
)
def test_subjects_by_pattern(tmp_path: Path, pattern: str | None, subject: str) -> None:
    root = tree(tmp_path / "a", "real/day1/id07_x.png", "fake/other.png")
    made = cells(listed(root, subject=pattern), "subject")
    assert made == {"real/day1/id07_x.png": (subject,), "fake/other.png": ("",)}


def test_faulty_patterns_and_values_are_named(tmp_path: Path) -> None:
    root = tree(tmp_path / "a", "real/x.png")
    with pytest.raises(ConfigError, match=r"subject='\(' *: no regular expression"):
        listed(root, subject="(")
    with pytest.raises(ConfigError, match=r"fits no path, such as 'real/x\.png'"):
        listed(root, subject="id([0-9]+)")
    with pytest.raises(ConfigError, match="frames='some': choose one of auto, file, folder"):
        listed(root, "some")  # type: ignore[arg-type]
    with pytest.raises(DataError, match="no such folder"):
        list_folder(tmp_path / "none", frames="auto", subject=None)


def test_what_is_left_out_is_told(tmp_path: Path) -> None:
    root = tree(
        tmp_path / "a", "real/x.png", "stray.png", "photo/y.png", "real/z/spoof/w.png",
        "real/list.csv", "real/thing.xyz", " real/v.png", ".hidden/real/u.png",
    )  # fmt: skip
    secret = tree(tmp_path / "b", "s.png")
    (root / "real" / "link.png").symlink_to(secret / "s.png")
    (root / "fake").symlink_to(secret)
    (root / "live").mkdir()
    (root / "live" / "again.png").symlink_to(root / "stray.png")
    undecodable = os.fsdecode(os.fsencode(root / "real") + b"/\xff.png")
    Path(undecodable).touch()
    made = listed(root)
    assert list(made.rows["path"]) == ["live/again.png", "real/x.png"]
    assert made.unlabelled == ["photo/y.png", "stray.png"]
    assert made.contradicting == {"real/z/spoof/w.png": "real, spoof"}
    assert made.outside == ["fake", "real/link.png"]
    assert made.unreadable == [" real/v.png", "real/\udcff.png"]
    assert made.others == ["real/list.csv", "real/thing.xyz"]


def test_nothing_there(tmp_path: Path) -> None:
    made = listed(tree(tmp_path / "a", "readme.md"))
    assert made.rows.empty
    assert tuple(made.rows.columns) == COLUMNS
    assert (made.kinds, made.others) == ([], ["readme.md"])


NAMES = st.text(
    st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=8
).filter(lambda name: not name.startswith(".") and name != "__MACOSX")


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(["\r", "a\nb", "1,\"2'", "\xa0", "nan", "=1+1"])
@given(st.lists(NAMES, min_size=1, max_size=4, unique_by=str.casefold))
def test_any_name_is_listed_as_it_is_or_told(
    tmp_path_factory: pytest.TempPathFactory, names: Iterable[str]
) -> None:
    root = tmp_path_factory.mktemp("named") / "faces"
    paths = {f"real/{name}/x{number}.png" for number, name in enumerate(names)}
    made = listed(tree(root, *paths))
    left_out = {*made.unreadable, *made.unlabelled, *made.contradicting}
    assert {*made.rows["path"]} | left_out == paths
    assert not {*made.rows["path"]} & left_out
