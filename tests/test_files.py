"""Files are whole or not there at all, whatever goes wrong while they are written."""

import errno
import os
import signal
import stat
from pathlib import Path

import pytest

from anomaly_fas.errors import RunError
from anomaly_fas.files import atomic_path, remove_unfinished, write_text


def write(target: Path, content: str) -> None:
    with atomic_path(target) as temporary:
        temporary.write_text(content)


def test_a_file_appears_whole_in_a_folder_made_for_it(tmp_path: Path) -> None:
    target = tmp_path / "new" / "deep" / "a.txt"
    with atomic_path(target) as temporary:
        temporary.write_text("half")
        assert not target.exists()
        temporary.write_text("whole")
    assert target.read_text() == "whole"
    assert list(target.parent.iterdir()) == [target]


def test_the_old_content_stands_until_the_new_one_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    write(target, "old")
    with atomic_path(target) as temporary:
        temporary.write_text("new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"


def test_the_temporary_path_lies_beside_the_target_and_has_its_suffix(tmp_path: Path) -> None:
    with atomic_path(tmp_path / "a.parquet") as temporary:
        assert temporary.parent == tmp_path
        assert temporary.suffix == ".parquet"


def test_others_may_read_what_was_written(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", "text")
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o644


@pytest.mark.parametrize("failure", [ValueError("bad"), KeyboardInterrupt(), SystemExit(1)])
@pytest.mark.parametrize("old", [None, "old"])
def test_a_block_that_fails_changes_nothing(
    tmp_path: Path, failure: BaseException, old: str | None
) -> None:
    target = tmp_path / "a.txt"
    if old is not None:
        write(target, old)

    def fail() -> None:
        with atomic_path(target) as temporary:
            temporary.write_text("half")
            raise failure

    with pytest.raises(type(failure)) as caught:
        fail()
    assert caught.value is failure
    assert [path.read_text() for path in tmp_path.iterdir()] == [old] * (old is not None)


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_is_named_and_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    target = tmp_path / "a.txt"
    write(target, "old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(*((os, "fsync") if call == "fsync" else (Path, "replace")), full)
    with pytest.raises(RunError, match=r"a\.txt: No space left on device\. Free some space"):
        write(target, "new")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_a_write_that_fills_the_disk_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(RunError, match=r"cannot write .*a\.txt: No space left on device"),
        atomic_path(tmp_path / "a.txt"),
    ):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert list(tmp_path.iterdir()) == []


def test_a_file_where_a_folder_is_wanted_is_named(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("mine")
    for target in (tmp_path / "runs" / "a.txt", tmp_path / "runs" / "deep" / "a.txt"):
        with pytest.raises(RunError, match=r"cannot write .*a\.txt.*output_dir="):
            write(target, "text")
    assert (tmp_path / "runs").read_text() == "mine"


def test_a_folder_where_the_file_is_wanted_is_named_and_kept(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    (tmp_path / "a.txt" / "inside").write_text("mine")
    with pytest.raises(RunError, match=r"cannot write .*a\.txt: Is a directory"):
        write(tmp_path / "a.txt", "text")
    assert [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")] == [
        "a.txt",
        "a.txt/inside",
    ]


def test_content_is_synced_before_it_gets_its_name_and_the_name_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[tuple[str, str]] = []
    fsync, replace = os.fsync, Path.replace

    def noted_fsync(handle: int) -> None:
        done.append(("fsync", Path(f"/proc/self/fd/{handle}").readlink().name))
        fsync(handle)

    def noted_replace(path: Path, target: Path) -> Path:
        done.append(("replace", path.name))
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(Path, "replace", noted_replace)
    write(tmp_path / "a.txt", "text")
    temporary = done[0][1]
    assert done == [("fsync", temporary), ("replace", temporary), ("fsync", tmp_path.name)]


@pytest.mark.parametrize("name", ["last.ckpt", "metrics.json", "a name.tar.gz", "none"])
def test_what_a_killed_process_left_is_removed_and_nothing_else(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, "whole")
    others = {name, ".hidden", ".gitignore", "log.txt"}
    for other in others:
        (tmp_path / other).write_text("mine")
    if os.fork() == 0:
        with atomic_path(tmp_path / name) as temporary:
            temporary.write_text("half")
            os.kill(os.getpid(), signal.SIGKILL)
    os.wait()
    assert {path.name for path in tmp_path.iterdir()} > others
    remove_unfinished(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == others
    remove_unfinished(tmp_path / "not there")


def test_text_is_written_in_utf_8_into_a_folder_that_is_made(tmp_path: Path) -> None:
    write_text(tmp_path / "new" / "a.md", "±\n")
    assert (tmp_path / "new" / "a.md").read_bytes() == b"\xc2\xb1\n"
