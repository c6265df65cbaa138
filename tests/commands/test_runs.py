"""`anomaly-fas runs` on prepared folders: what it says of each, in what order, and how fast."""

import csv
import io
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from anomaly_fas.runs.listing import RunState, run_rows
from anomaly_fas.runs.session import held
from tests import forked

HEADER = "devel/logit/acer,devel_acer,epoch,step,train/loss\n"


def prepare(
    place: Path, name: str, *, overrides: tuple[str, ...] = (), acers: tuple[float, ...] = ()
) -> Path:
    """A run of four epochs that has made some devel passes; `name` is study/protocol/method."""
    folder = place / name / "seed=0"
    folder.mkdir(parents=True)
    config = {"epochs": 4, "overrides": list(overrides), "seed": 0}
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    if acers:
        rows = [f",,{n},{n * 9},0.5\n{a},{a},{n},{n * 9 + 8},\n" for n, a in enumerate(acers)]
        (folder / "metrics.csv").write_text(HEADER + "".join(rows))
    return folder


def runs(place: Path, *arguments: str, exit_code: int = 0) -> subprocess.CompletedProcess[str]:
    done = forked.run(["runs", *arguments], place)
    assert done.returncode == exit_code, done.stderr
    return done


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """One run of each state."""
    place = tmp_path / "outputs/mine"
    finished = prepare(place, "grandtest/a-00000001", acers=(0.5, 0.25, 0.375, 0.3))
    (finished / "metrics.json").touch()
    prepare(place, "grandtest/a-00000002", acers=(0.125,))
    failed = prepare(place, "grandtest/a-00000003")
    (failed / "error.txt").write_text("Traceback (most recent call last):\nValueError: no\n")
    prepare(place, "grandtest/a-00000004", acers=(0.75, 0.5))
    return place


def test_a_run_says_how_it_stands(study: Path) -> None:
    running = study / "grandtest/a-00000004/seed=0"
    with held(running):
        rows = run_rows(study.parent, "mine")
    assert [(row.state, row.epoch, row.epochs, row.devel_acer) for row in rows] == [
        (RunState.RUNNING, 2, 4, 0.5),
        (RunState.FAILED, 0, 4, None),
        (RunState.STOPPED, 1, 4, 0.125),
        (RunState.FINISHED, 4, 4, 0.25),
    ]
    assert rows[0].folder == running
    assert run_rows(study.parent, "mine")[-2].folder == running, "it runs no more"


def test_a_failed_run_that_is_tried_again_is_running(study: Path) -> None:
    with held(study / "grandtest/a-00000003/seed=0"):
        assert RunState.FAILED not in {row.state for row in run_rows(study.parent, "mine")}


def test_the_name_is_what_differs(tmp_path: Path) -> None:
    shared = ("study=mine", "epochs=4", "init_from=/home/me/best.ckpt")
    for number, own in enumerate(["loss=objective", "loss=triplet_focal", None]):
        overrides = (*shared, own) if own else shared
        prepare(tmp_path, f"mine/grandtest/m-0000000{number}", overrides=overrides)
    prepare(tmp_path, "other/grandtest/m-00000009", overrides=shared)
    names = [row.name for row in run_rows(tmp_path, "mine")]
    assert names == ["loss=objective", "loss=triplet_focal", "m-00000002 seed=0"]
    (alone,) = run_rows(tmp_path, "other")
    assert alone.name == "epochs=4 init_from=best.ckpt"


def test_the_age_is_that_of_the_last_file_written(tmp_path: Path) -> None:
    folder = prepare(tmp_path, "mine/grandtest/a-00000001", acers=(0.5,))
    now = time.time()
    os.utime(folder / "config.yaml", (now - 5000, now - 5000))
    os.utime(folder / "metrics.csv", (now - 300, now - 300))
    (row,) = run_rows(tmp_path, "mine")
    assert row.age == pytest.approx(300, abs=10)


def test_damaged_and_empty_files_cost_their_own_row_alone(tmp_path: Path) -> None:
    for number, text in enumerate(["", "devel_acer", HEADER, HEADER + "0.5,abc,", "\0\n\0"]):
        folder = prepare(tmp_path, f"mine/grandtest/a-0000000{number}")
        (folder / "metrics.csv").write_text(text)
    (folder / "config.yaml").write_text("epochs: [")
    rows = run_rows(tmp_path, "mine")
    assert [(row.epoch, row.devel_acer) for row in rows] == [(0, None)] * 5
    assert [row.epochs for row in rows] == [4, 4, 4, 4, None]


def test_a_row_that_is_just_being_written_does_not_count_yet(tmp_path: Path) -> None:
    folder = prepare(tmp_path, "mine/grandtest/a-00000001", acers=(0.5,))
    with (folder / "metrics.csv").open("a") as file:
        file.write("0.25,0.2")
    (row,) = run_rows(tmp_path, "mine")
    assert (row.epoch, row.devel_acer) == (1, 0.5)


def test_the_table_and_the_csv_say_the_same(study: Path) -> None:
    place = study.parents[1]
    table = runs(place, "study=mine").stdout.splitlines()
    assert table[0].split() == ["state", "epoch", "devel", "ACER", "age", "protocol", "run"]
    assert [line.split()[:2] for line in table[1:5]] == [
        ["failed", "0/4"], ["stopped", "1/4"], ["stopped", "2/4"], ["finished", "4/4"],
    ]  # fmt: skip
    assert "25.0 %" in table[4]
    assert table[5].endswith("grandtest/a-00000003/seed=0/error.txt: ValueError: no")
    assert table[6] == "1 failed, 2 stopped, 1 finished"
    rows = list(csv.DictReader(io.StringIO(runs(place, "study=mine", "format=csv").stdout)))
    assert [row["state"] for row in rows] == ["failed", "stopped", "stopped", "finished"]
    assert [row["devel_acer"] for row in rows] == ["", "0.125", "0.5", "0.25"]
    assert rows[3]["folder"] == "outputs/mine/grandtest/a-00000001/seed=0"


def test_without_a_study_all_are_listed_by_name(study: Path) -> None:
    prepare(study.parent, "yours/lodo_siw/b-00000001")
    prepare(study.parent, "cache/not/a-00000001")
    lines = runs(study.parents[1]).stdout.splitlines()
    assert sum("mine/grandtest" in line for line in lines[:6]) == 4
    assert sum("yours/lodo_siw" in line for line in lines[:6]) == 1
    assert not any("cache/" in line for line in lines)


def test_a_study_without_runs_and_an_unknown_format_are_mistakes(study: Path) -> None:
    place = study.parents[1]
    assert "no run in outputs/none" in runs(place, "study=none", exit_code=2).stderr
    assert "format=xml" in runs(place, "format=xml", exit_code=2).stderr


def test_listing_imports_neither_torch_nor_pandas() -> None:
    code = (
        "import sys, anomaly_fas.commands.runs;"
        "print([name for name in ('torch', 'lightning', 'pandas', 'wandb') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
