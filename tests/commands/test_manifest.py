"""`anomaly-fas manifest` seen from outside: the file, what is said, and the commands it gives."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from omegaconf import DictConfig

from anomaly_fas.data.manifest_table import read_manifest
from anomaly_fas.data.splitting import with_splits
from anomaly_fas.runs import composition
from tests.data.test_folder_listing import tree

WITHOUT_TORCH = """
import sys
from anomaly_fas.cli import main
sys.argv = ["anomaly-fas", *sys.argv[1:]]
main()
assert not {"torch", "torchvision", "lightning"} & set(sys.modules)
"""
PEOPLE = [
    f"{label}/p{number}/a.png" for label in ("real", "fake/print", "replay") for number in range(4)
]


def manifest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WITHOUT_TORCH, "manifest", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def commands(shown: str) -> list[list[str]]:
    lines = shown.partition("\nNext:\n")[2].splitlines()
    return [shlex.split(line) for line in lines if not line.startswith("#")]


def composed(command: list[str]) -> DictConfig:
    assert command[0] == "anomaly-fas"
    return composition.composed(command[1], command[2:])


@pytest.mark.parametrize("name", ["faces", "Fotos d'été (2)", 'my "best", $HOME'])
def test_the_commands_that_are_shown_go_on_from_the_file(tmp_path: Path, name: str) -> None:
    tree(tmp_path / name, *PEOPLE)
    given = name.replace("'", r"\'")
    done = manifest(tmp_path, f"root='{given}'")
    assert done.returncode == 0, done.stderr
    assert f"12 samples in {name}.csv" in done.stderr
    rows = read_manifest(tmp_path / f"{name}.csv", tmp_path / name)
    assert len(rows) == 12
    train, prepare, train_cut = commands(done.stdout)
    assert [train[1:3], prepare[1:3], train_cut[1:3]] == [
        ["train", "data=manifest"], ["prepare", "data=captures"], ["train", "data=captures"],
    ]  # fmt: skip
    for config in map(composed, (train, prepare, train_cut)):
        assert (config.data.manifest, config.data.root) == (f"{name}.csv", name)
    data = composed(train).data
    keys = ("split_by", "default_split", "split_shares", "split_seed", "shared_subjects")
    assert set(with_splits(rows, name, {key: data[key] for key in keys})["split"]) == {
        "train", "devel", "test",
    }  # fmt: skip


def test_counts_and_decisions_are_shown(tmp_path: Path) -> None:
    root = tree(tmp_path / "a", *PEOPLE, "real/p9/clip/1.png", "real/p9/clip/2.png", "x/y.doc")
    done = manifest(tmp_path, f"root={root}")
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert "label species samples no split subjects" in lines
    assert {"bona_fide 5 5 5", "attack print 4 4 4", "attack replay 4 4 4"} <= set(lines)
    assert "12 single image(s), each a sample, such as fake/print/p0/a.png\n" in done.stderr
    assert "1 folder(s) of frames, each a sample, such as real/p9/clip\n" in done.stderr
    assert "5 subject(s), such as p0 of fake/print/p0/a.png\n" in done.stderr
    assert "1 other file(s), such as x/y.doc\n" in done.stderr


def test_splits_of_the_folders_are_kept_where_they_are_complete(tmp_path: Path) -> None:
    labels = ("live", "spoof")
    tree(tmp_path / "a", *(f"{s}/{k}/x.png" for s in ("train", "dev", "test") for k in labels))
    done = manifest(tmp_path, "root=a", "faces=cropped")
    assert commands(done.stdout) == [
        shlex.split("anomaly-fas train data=manifest data.manifest=a.csv paths.root=a")
    ]
    assert "6 sample(s) without a subject" in done.stderr
    tree(tmp_path / "b", *(f"{s}/{k}/x.png" for s in ("train", "test") for k in labels))
    done = manifest(tmp_path, "root=b", "faces=cropped")
    assert commands(done.stdout)[0][-1] == "data.split_by=subject"
    assert "no samples of both labels in devel:" in done.stderr


def test_faces_of_videos_are_to_be_cut(tmp_path: Path) -> None:
    tree(tmp_path / "a", *PEOPLE, "real/p1/v.mp4")
    done = manifest(tmp_path, "root=a", "output=lists/mine.csv", r"subject='/(p\d)/'")
    paths = ["data.manifest=lists/mine.csv", "paths.root=a"]
    assert commands(done.stdout) == [
        ["anomaly-fas", "prepare", "data=captures", *paths],
        ["anomaly-fas", "train", "data=captures", *paths, "data.split_by=subject"],
    ]
    assert set(read_manifest(tmp_path / "lists/mine.csv", tmp_path / "a")["subject"]) == {
        "p0", "p1", "p2", "p3",
    }  # fmt: skip
    refused = manifest(tmp_path, "root=a", "faces=cropped")
    assert refused.returncode == 2
    assert "error: faces=cropped: videos and HDF5 files are among the samples" in refused.stderr
    assert not (tmp_path / "a.csv").exists()


def test_what_is_left_out_is_named_and_the_rest_listed(tmp_path: Path) -> None:
    strays = [f"stray{number:02}.png" for number in range(23)]
    root = tree(tmp_path / "a", *PEOPLE, *strays, "real/fake/x.png")
    (root / "real" / "out.png").symlink_to("/etc/hostname")
    done = manifest(tmp_path, "root=a")
    assert done.returncode == 0
    assert len(read_manifest(tmp_path / "a.csv", root)) == 12
    assert "left out, 23: no folder above is called" in done.stderr
    assert "  stray19.png\n  … and 3 more\n" in done.stderr
    assert "left out, 1: the names above contradict each other\n  real/fake/x.png (real, fake)" in (
        done.stderr
    )
    assert "left out, 1: a link that leads out of the root\n  real/out.png" in done.stderr


def test_an_existing_file_is_replaced_only_when_asked(tmp_path: Path) -> None:
    tree(tmp_path / "a", *PEOPLE)
    (tmp_path / "a.csv").write_text("mine")
    done = manifest(tmp_path, "root=a")
    assert done.returncode == 2
    assert "error: a.csv exists: choose another output=…, or add overwrite=true" in done.stderr
    assert (tmp_path / "a.csv").read_text() == "mine"
    assert manifest(tmp_path, "root=a", "overwrite=true").returncode == 0
    assert len(read_manifest(tmp_path / "a.csv", tmp_path / "a")) == 12


@pytest.mark.parametrize(
    ("paths", "arguments", "message"),
    [
        ([], ["root=none"], "none: no such folder"),
        (["x.txt"], ["root=a"], "a: neither pictures nor videos, 1 other file(s)"),
        (["p1/x.png", "p2/y.mp4"], ["root=a"], "a: no sample has a label. Sort them into folders"),
        (["real/fake/y.png"], ["root=a"], "a: no sample has a label"),
        (PEOPLE, ["root=a", "frames=some"], "frames='some': choose one of auto, file, folder"),
        (PEOPLE, ["root=a", "faces=some"], "faces='some': choose one of auto, cropped, cut"),
        (PEOPLE, ["root=a", "subject='('"], "subject='(': no regular expression"),
        (PEOPLE, ["root=a", "output=list.txt"], "output=list.txt: name a file that ends in .csv"),
        (PEOPLE, ["root=a", "overwrite=perhaps"], "overwrite=perhaps: true or false is needed"),
        (PEOPLE, [], "root"),
    ],
)
def test_mistakes_are_named_and_nothing_is_written(
    tmp_path: Path, paths: list[str], arguments: list[str], message: str
) -> None:
    tree(tmp_path / "a", "empty/.keep", *paths)
    done = manifest(tmp_path, *arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert f"error: {message}" in done.stderr or (not arguments and message in done.stderr)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
