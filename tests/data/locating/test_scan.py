"""`scan` lists what lies under a root in order, and never leaves it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from anomaly_fas.data.locating.scan import scan
from anomaly_fas.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def write(root: Path, names: Iterable[str]) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_files_are_listed_in_order_and_folders_of_images_apart(tmp_path: Path) -> None:
    write(tmp_path, ["b/2.JPG", "b/1.jpg", "a/x.avi", "c/d/notes.txt", "0.png", "é e/1.png"])
    found = scan(tmp_path)
    assert found.files == ["0.png", "a/x.avi", "b/1.jpg", "b/2.JPG", "c/d/notes.txt", "é e/1.png"]
    assert found.frame_folders == ["b", "é e"]
    assert (found.refused, found.unreadable) == ([], [])


def test_hidden_entries_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, [".Trash/1.avi", "__MACOSX/1.avi", "a/._1.avi", "a/1.avi"])
    assert scan(tmp_path).files == ["a/1.avi"]


def test_links_out_of_the_root_are_refused(tmp_path: Path) -> None:
    write(tmp_path, ["out/1.avi", "out2/1.avi", "root/a.avi"])
    root = tmp_path / "root"
    (root / "file.avi").symlink_to(tmp_path / "out/1.avi")
    (root / "folder").symlink_to(tmp_path / "out")
    (root / "up").symlink_to("../out2")
    (root / "dangling").symlink_to(tmp_path / "missing")
    found = scan(root)
    assert found.files == ["a.avi"]
    assert found.refused == ["dangling", "file.avi", "folder", "up"]


def test_a_folder_whose_name_begins_like_the_root_is_outside(tmp_path: Path) -> None:
    write(tmp_path, ["root-2/1.avi", "root/a.avi"])
    (tmp_path / "root/link").symlink_to(tmp_path / "root-2")
    assert scan(tmp_path / "root").refused == ["link"]


def test_a_link_out_of_the_root_by_way_of_another_is_refused(tmp_path: Path) -> None:
    write(tmp_path, ["out/1.avi", "root/a.avi"])
    (tmp_path / "root/first").symlink_to(tmp_path / "out")
    (tmp_path / "root/second").symlink_to(tmp_path / "root/first")
    found = scan(tmp_path / "root")
    assert (found.files, found.refused) == (["a.avi"], ["first", "second"])


def test_links_inside_the_root_are_followed_but_never_in_circles(tmp_path: Path) -> None:
    write(tmp_path, ["a/1.avi", "b/2.avi"])
    (tmp_path / "a/to_b").symlink_to(tmp_path / "b")
    (tmp_path / "b/to_a").symlink_to(tmp_path / "a")
    (tmp_path / "self").symlink_to(tmp_path)
    (tmp_path / "knot").symlink_to(tmp_path / "knot")
    assert scan(tmp_path).files == ["a/1.avi", "a/to_b/2.avi", "b/2.avi", "b/to_a/1.avi"]


def test_the_root_may_be_a_link(tmp_path: Path) -> None:
    write(tmp_path, ["disk/1.avi"])
    (tmp_path / "root").symlink_to(tmp_path / "disk")
    assert scan(tmp_path / "root").files == ["1.avi"]


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "1.avi")
    assert scan(tmp_path).files == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look into every folder")
def test_an_unreadable_folder_is_reported(tmp_path: Path) -> None:
    write(tmp_path, ["a/1.avi", "b/2.avi"])
    (tmp_path / "a").chmod(0)
    found = scan(tmp_path)
    (tmp_path / "a").chmod(0o700)
    assert (found.files, found.unreadable) == (["b/2.avi"], ["a"])


def test_a_folder_that_cannot_be_listed_does_not_stop_the_walk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, ["a/1.avi", "b/2.avi"])
    listing = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("/a"):
            raise PermissionError(path)
        return listing(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = scan(tmp_path)
    assert (found.files, found.unreadable) == (["b/2.avi"], ["a"])


def test_too_many_entries_are_refused(tmp_path: Path) -> None:
    write(tmp_path, ["a/1.avi", "a/2.avi", "b/3.avi"])
    assert len(scan(tmp_path, limit=5).files) == 3
    with pytest.raises(DataError, match="more than 4 entries"):
        scan(tmp_path, limit=4)
