"""The runner, over scripts that are made for it."""

import json
import os
import time
from pathlib import Path
from types import ModuleType

import pytest

from tests.experiments.bench.conftest import BENCH

SCRIPT = """
import sys
sys.path.insert(0, {bench!r})
from comparison import Comparison, at_most, run_script

def comparisons(*, quick=False):
    {body}

if __name__ == "__main__":
    run_script(comparisons)
"""


def script(folder: Path, name: str, body: str) -> Path:
    path = folder / f"{name}.py"
    path.write_text(SCRIPT.format(bench=str(BENCH), body=body))
    return path


GOOD = "yield Comparison('quick' if quick else 'whole', 1.0, None, 's', at_most(2))"


def test_what_a_script_yields_comes_back(run: ModuleType, tmp_path: Path) -> None:
    found = run.measure(script(tmp_path, "good", GOOD), tmp_path / "log", quick=True)
    assert [one.name for one in found.comparisons] == ["quick"]
    assert found.all_met
    assert "quick" in (tmp_path / "log").read_text()


@pytest.mark.parametrize(
    ("body", "reason", "rows"),
    [
        (f"{GOOD}; raise ValueError('no such thing')", "ValueError: no such thing", 1),
        ("import os; os._exit(3); yield", "status 3", 0),
        ("return; yield", "it compared nothing", 0),
    ],
)
def test_a_failure_is_told_and_keeps_what_came_before(
    run: ModuleType, tmp_path: Path, body: str, reason: str, rows: int
) -> None:
    found = run.measure(script(tmp_path, "bad", body), tmp_path / "log")
    assert (found.failure, len(found.comparisons)) == (reason, rows)
    assert not found.all_met
    assert f"| bad | failed: {reason} |" in run.table([found])


def test_a_script_that_hangs_is_ended_with_its_workers(run: ModuleType, tmp_path: Path) -> None:
    body = (
        "import pathlib, subprocess, time; worker = subprocess.Popen(['sleep', '60']); "
        f"pathlib.Path({str(tmp_path / 'worker')!r}).write_text(str(worker.pid)); "
        "time.sleep(60); yield"
    )
    found = run.measure(script(tmp_path, "slow", body), tmp_path / "log", longest=5)
    assert found.failure == "ended after 5 s"
    worker = int((tmp_path / "worker").read_text())
    until = time.monotonic() + 5
    while _lives(worker) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _lives(worker)


def _lives(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    return state != "Z"


def test_a_bar_that_is_missed_is_a_no(run: ModuleType, tmp_path: Path) -> None:
    body = "yield Comparison('slow thing', 3.0, None, 's', at_most(2))"
    found = run.measure(script(tmp_path, "missed", body), tmp_path / "log")
    assert (found.failure, found.all_met) == ("", False)
    run.write([found], tmp_path, {"cpu": "a kind"})
    written = json.loads((tmp_path / "bench.json").read_text())
    assert written["machine"] == {"cpu": "a kind"}
    assert written["scripts"][0]["comparisons"][0]["met"] is False
    assert "| slow thing | 3 s |  |  | <= 2 s | **no** |" in (tmp_path / "bench.md").read_text()


def test_every_script_here_compares_or_is_known_to_help(run: ModuleType) -> None:
    found = {path.stem for path in run.scripts(BENCH)}
    helpers = {"comparison", "gradgpad_clock", "machine", "memory", "networks", "run"}
    assert {"triplets", "step", "precision", "few_shot", "growth", "crop_store"} <= found
    assert not found & helpers
