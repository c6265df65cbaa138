"""`train` killed at random moments ends with the run of an undisturbed one, to the last bit.

Four times on one process and once on two as a test; `make torture` does it twenty and five times
and prints what was hit. The seed decides the moments, the machine what is going on in them.
"""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

from tests.integration.stopped_runs import (
    SETTINGS,
    TWO_PROCESSES,
    Training,
    assert_equal_runs,
    checkpoint,
)

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("ANOMALY_FAS_KILLS", "4"))
SEED = int(os.environ.get("ANOMALY_FAS_KILLS_SEED", "0"))

RUN = "outputs/*/*/*/seed=0"
ATTEMPTS = 5

Undisturbed = Callable[[int], tuple[Path, float]]


@pytest.fixture(scope="module")
def undisturbed(cache_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """The folder of a run in peace, for a number of processes, and how long it worked.

    Made from scratch: what depends on a process's hashes differs from the runs that are killed.
    """

    @cache
    def run(processes: int) -> tuple[Path, float]:
        place = tmp_path_factory.mktemp(f"undisturbed-{processes}")
        two = TWO_PROCESSES if processes == 2 else ()
        subprocess.run(
            [sys.executable, "-m", "anomaly_fas", "train", *SETTINGS, *two,
             f"paths.cache_dir={cache_dir}", "runtime.workers=0"],
            cwd=place, env=os.environ | {"OMP_NUM_THREADS": "1"}, check=True,
        )  # fmt: skip
        (folder,) = place.glob(RUN)
        ended = (folder / "metrics.json").stat().st_mtime
        crops = [path.stat().st_mtime for path in cache_dir.glob("embedded-*")]
        made = [*crops, (folder / "config.yaml").stat().st_mtime]
        return folder, ended - max(moment for moment in made if moment < ended)

    return run


def start(place: Path, processes: int, arguments: Sequence[str]) -> Training:
    two = TWO_PROCESSES if processes == 2 else ()
    return Training(place, [*SETTINGS, *two, *arguments])


def some(place: Path, pattern: str) -> bool:
    return any(place.glob(f"{RUN}/{pattern}"))


def appears(place: Path, pattern: str) -> Callable[[], bool]:
    """Whether a file has come, or has been replaced, since now."""

    def stamps() -> set[tuple[str, int]]:
        found = set()
        for path in place.glob(f"{RUN}/{pattern}"):
            with suppress(FileNotFoundError):
                found.add((path.name, path.stat().st_ino))
        return found

    before = stamps()
    return lambda: bool(stamps() - before)


def strike(training: Training, moment: str, rng: random.Random, duration: float) -> str | None:
    """Kill a training run at a moment; what was going on then, None if it had ended before."""
    place = training.place
    signs = {
        "while last.ckpt is written": appears(place, "checkpoints/.last.ckpt.*"),
        "while best.ckpt is written": appears(place, "checkpoints/.best.ckpt.*"),
        "between best.ckpt and last.ckpt": appears(place, "checkpoints/best.ckpt"),
        "after a checkpoint": appears(place, "checkpoints/last.ckpt"),
        "before metrics.json": appears(place, "scores.parquet"),
        "at random": lambda: some(place, "config.yaml"),
    }
    hit = training.wait_for(signs[moment])
    share = {"at random": 0.7, "after a checkpoint": 0.2}.get(moment, 0.0)
    hit = hit and training.ended(rng.uniform(0.0, share) * duration) is None
    if not hit:
        return None
    training.send(signal.SIGKILL, to_all=rng.random() < 0.5)
    assert training.finish() == -signal.SIGKILL
    return f"{moment}: {training.age:.1f} s, {found(place)}"


def found(place: Path) -> str:
    """What a killed run left."""
    if not some(place, "checkpoints/*"):
        return "no checkpoint yet"
    (folder,) = place.glob(RUN)
    last = folder / "checkpoints/last.ckpt"
    step = f"step {checkpoint(last)['global_step']}" if last.exists() else "none"
    logged = (folder / "metrics.csv").read_text().count("\n") - 1
    scored = ", scored" if (folder / "scores.parquet").exists() else ""
    unfinished = "".join(f", {path.name}" for path in sorted(folder.rglob(".*.ckpt")))
    return f"last.ckpt: {step}, {logged} rows{scored}{unfinished}"


PLANS = (
    (0, ["after a checkpoint", "at random"]),
    (1, ["while last.ckpt is written", "while last.ckpt is written", "at random"]),
    (0, ["between best.ckpt and last.ckpt", "before metrics.json", "before metrics.json"]),
    (1, ["while best.ckpt is written", "after a checkpoint", "while last.ckpt is written"]),
)


@pytest.mark.parametrize("number", range(KILLS))
def test_a_killed_run_ends_as_if_nothing_had_been(
    undisturbed: Undisturbed, cache_dir: Path, tmp_path: Path, number: int
) -> None:
    workers, moments = PLANS[number % len(PLANS)]
    arguments = [f"paths.cache_dir={cache_dir}", f"runtime.workers={workers}"]
    assert_equal_runs(*kill_and_finish(undisturbed, tmp_path, 1, arguments, moments, number))


@pytest.mark.parametrize("number", range(max(1, KILLS // 4)))
def test_two_processes_are_killed_as_if_nothing_had_been(
    undisturbed: Undisturbed, cache_dir: Path, tmp_path: Path, number: int
) -> None:
    moments = [["after a checkpoint"], ["at random"], ["between best.ckpt and last.ckpt"]][
        number % 3
    ]
    arguments = [f"paths.cache_dir={cache_dir}", "runtime.workers=0"]
    assert_equal_runs(*kill_and_finish(undisturbed, tmp_path, 2, arguments, moments, number))


def kill_and_finish(
    undisturbed: Undisturbed,
    place: Path,
    processes: int,
    arguments: Sequence[str],
    moments: Sequence[str],
    number: int,
) -> tuple[Path, Path]:
    """The folders of an undisturbed run, and of one that was killed and started again."""
    whole, duration = undisturbed(processes)
    rng = random.Random(1000 * SEED + number)
    for attempt in range(ATTEMPTS):
        own = place / str(attempt)
        hits = [
            strike(start(own, processes, arguments), moment, rng, duration) for moment in moments
        ]
        for moment, hit in zip(moments, hits, strict=True):
            print(hit or f"{moment}: it was faster")
        if any(hits):
            last = start(own, processes, arguments)
            assert last.finish() == 0, last.said
            return whole, last.folder
    raise AssertionError(f"in {ATTEMPTS} attempts every run was faster than its kills")


STOPS = (("checkpoints/last.ckpt", signal.SIGINT), ("scores.parquet", signal.SIGTERM))


@pytest.mark.parametrize(
    ("processes", "workers", "stops", "to_all"),
    [(1, 1, STOPS, True), (2, 0, [("checkpoints/last.ckpt", signal.SIGTERM)], False)],
)
def test_a_run_that_is_stopped_saves_the_step_reached(
    undisturbed: Undisturbed,
    cache_dir: Path,
    tmp_path: Path,
    processes: int,
    workers: int,
    stops: Sequence[tuple[str, signal.Signals]],
    to_all: bool,
) -> None:
    """Ctrl-C at a terminal reaches all processes, `kill` the first one."""
    whole, _ = undisturbed(processes)
    arguments = [f"paths.cache_dir={cache_dir}", f"runtime.workers={workers}"]
    for name, sent in stops:
        training = start(tmp_path, processes, arguments)
        assert training.wait_for(appears(tmp_path, name)), training.said
        training.send(sent, to_all=to_all)
        assert training.finish() == 130, training.said
        assert "interrupted: what was finished is kept" in training.said
        assert "Traceback" not in training.said
        step = checkpoint(training.folder / "checkpoints/last.ckpt")["global_step"]
        if name == "scores.parquet":
            assert step == 27
        else:
            assert training.said.count("stopping after this step") == 1
            assert 4 < step < 9
    last = start(tmp_path, processes, arguments)
    assert last.finish() == 0, last.said
    assert_equal_runs(whole, last.folder)
