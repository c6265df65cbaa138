"""`prepare` killed at random moments ends with the store of an undisturbed run, byte for byte.

Four times as a test; `make torture` does it twenty times and prints what it saw.
"""

import os
import random
import signal
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from anomaly_fas.simulation.plan import Extent, plan
from anomaly_fas.simulation.render import render_frame
from tests import forked
from tests.data.media.encoding import encode

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("ANOMALY_FAS_KILLS", "4"))
SEED = int(os.environ.get("ANOMALY_FAS_KILLS_SEED", "0"))
VIDEOS = 48


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Short videos of rendered faces, some of them damaged, and their manifest."""
    home = tmp_path_factory.mktemp("videos")
    samples = list(plan(Extent()))
    lines = ["path,label,split"]
    for number in range(VIDEOS):
        sample = samples[number * len(samples) // VIDEOS]
        face = cv2.resize(render_frame(sample, 0, 112), (160, 160))
        scene = np.full((240, 320, 3), 90, dtype=np.uint8)
        scene[40:200, 80:240] = face
        path = home / f"{number}.mp4"
        encode(path, [np.roll(scene, shift, axis=1) for shift in range(8)], "h264")
        if number % 9 == 8:
            path.write_bytes(path.read_bytes()[: 400 * number])
        label = "bona_fide" if sample.species is None else "attack"
        lines.append(f"{path.name},{label},{('train', 'devel', 'test')[number % 3]}")
    (home / "manifest.csv").write_text("\n".join(lines) + "\n")
    return home


def command(videos: Path, cache: Path) -> list[str]:
    return [
        "prepare", "data=captures", f"data.manifest={videos / 'manifest.csv'}",
        f"paths.root={videos}", "data.frames=4", "image_size=64", "processes=2",
        "data.face_detector.max_side=320", "tolerated_losses=1", f"paths.cache_dir={cache}",
    ]  # fmt: skip


def content(cache: Path) -> dict[str, bytes]:
    """Every file of the one store, but its locks."""
    (store,) = cache.glob("crops-*")
    files = [path for path in store.rglob("*") if path.is_file()]
    return {
        name: path.read_bytes()
        for path in sorted(files)
        if not (name := str(path.relative_to(store))).startswith("lock")
    }


def kill_after(seconds: float, arguments: list[str], cwd: Path) -> bool:
    """Start the command and kill it by force, but not its workers; whether it still ran."""
    process = forked.Command(arguments, cwd, Path(os.devnull))
    if process.wait(seconds) is not None:
        return False
    process.send(signal.SIGKILL)
    process.wait()
    return True


def finish(arguments: list[str], cwd: Path) -> None:
    done = forked.run(arguments, cwd)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def undisturbed(videos: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """The cache of a run in peace, and how long it took."""
    place = tmp_path_factory.mktemp("undisturbed")
    start = time.monotonic()
    finish(command(videos, place / "cache"), place)
    return place / "cache", time.monotonic() - start


@pytest.mark.parametrize("number", range(KILLS))
def test_a_killed_preparation_ends_as_if_nothing_had_been(
    videos: Path, undisturbed: tuple[Path, float], tmp_path: Path, number: int
) -> None:
    whole, duration = undisturbed
    moments = random.Random(1000 * SEED + number)
    arguments = command(videos, tmp_path / "cache")
    kills = []
    for _ in range(moments.choice([1, 1, 2])):
        moment = moments.uniform(0.2, 0.95) * duration
        if kill_after(moment, arguments, tmp_path):
            done = len([line for path in tmp_path.rglob("*.jsonl") for line in path.open("rb")])
            kills.append(f"{moment:.1f} s ({done} of {VIDEOS} samples)")
    finish(arguments, tmp_path)
    print(f"killed at {' and '.join(kills) or 'no moment: it was faster'} of {duration:.1f} s")
    assert content(tmp_path / "cache") == content(whole)
    finish([*arguments, "verify=true"], tmp_path)
