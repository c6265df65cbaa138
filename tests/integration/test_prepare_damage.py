"""A tree full of damage: everything bad ends as a row of the report, and nothing is read outside.

What lies outside the root is a pipe: a process that opened it would wait for ever.
"""

import os
import struct
import subprocess
import zlib
from pathlib import Path

import av
import h5py
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from anomaly_fas.simulation.plan import Extent, plan
from anomaly_fas.simulation.render import render_frame
from tests import forked
from tests.data.media.encoding import encode

pytestmark = pytest.mark.slow

AS_ROOT = os.geteuid() == 0
EXPECTED = {
    "good.mp4": ("ok", ""),
    "video called picture.jpg": ("ok", ""),
    "ünï cödé 名前.avi": ("ok", ""),
    "picture.png": ("ok", ""),
    "frames": ("partly_decoded", "link"),
    "cut short.avi": ("partly_decoded", "the file ends after"),
    "empty.mp4": ("unreadable", "an empty file"),
    "no index.mp4": ("unreadable", "not a video that can be opened"),
    "text.mov": ("unreadable", "neither a video"),
    "sound.mp4": ("unreadable", "without pictures"),
    "dot.png": ("unreadable", "too small"),
    "large.png": ("unreadable", "64 megapixels"),
    "bomb.png": ("unreadable", "64 megapixels"),
    "bomb.h5": ("unreadable", "20000 x 20000"),
    "broken.jpg": ("unreadable", "damaged image"),
    "nothing inside": ("unreadable", "a folder without images"),
    "locked.mp4": ("ok", "") if AS_ROOT else ("unreadable", "Permission denied"),
    "nobody.mp4": ("no_face", "no face in 2 of 2"),
    "link out.mp4": ("missing", "leads out of the root"),
    "folder out/x.mp4": ("missing", "leads out of the root"),
    "../outside.mp4": ("missing", "leads out of the root"),
    "pipe.mp4": ("missing", "neither a file nor a folder"),
    "absent.mp4": ("missing", "no such file"),
}


def scene(number: int) -> np.ndarray:
    samples = [sample for sample in plan(Extent()) if sample.species is None]
    image = np.full((240, 320, 3), 100, dtype=np.uint8)
    image[40:200, 80:240] = render_frame(samples[number], 0, 160)
    return image


def png_head(width: int, height: int) -> bytes:
    """A small file that tells of a large image, of one colour."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    rows = zlib.compress(bytes(1 + width // 8) * 100, 9)
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the root, its manifest, and a pipe outside of the root."""
    place = tmp_path_factory.mktemp("damage")
    root, outside = place / "root", place / "out"
    root.mkdir()
    outside.mkdir()
    frames = [np.roll(scene(0), 3 * shift, axis=1) for shift in range(10)]
    write_videos(root, frames)
    write_images(root)
    os.mkfifo(place / "outside.mp4")
    os.mkfifo(outside / "x.mp4")
    os.mkfifo(root / "pipe.mp4")
    (root / "link out.mp4").symlink_to(place / "outside.mp4")
    (root / "folder out").symlink_to(outside)
    (root / "nothing inside").mkdir()
    (root / "frames").mkdir()
    Image.fromarray(scene(1)).save(root / "frames" / "1.png")
    (root / "frames" / "2.png").symlink_to(outside / "x.mp4")
    rows = pd.DataFrame({"path": list(EXPECTED), "label": "bona_fide"})
    rows.to_csv(place / "manifest.csv", index=False)
    return place


def write_videos(root: Path, frames: list[np.ndarray]) -> None:
    encode(root / "good.mp4", frames)
    content = (root / "good.mp4").read_bytes()
    (root / "video called picture.jpg").write_bytes(content)
    encode(root / "ünï cödé 名前.avi", frames, "mpeg4")
    encode(root / "whole.avi", frames, "mjpeg")
    whole = (root / "whole.avi").read_bytes()
    (root / "cut short.avi").write_bytes(whole[: len(whole) * 2 // 3])
    (root / "empty.mp4").touch()
    (root / "no index.mp4").write_bytes(content[: len(content) // 2])
    (root / "text.mov").write_text("This is no video.\n" * 50)
    (root / "locked.mp4").write_bytes(content)
    (root / "locked.mp4").chmod(0)
    encode(root / "nobody.mp4", [np.full((240, 320, 3), 10 * n, np.uint8) for n in range(10)])
    with av.open(str(root / "sound.mp4"), "w") as file:
        stream = file.add_stream("aac", rate=16_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate = 16_000
        file.mux(stream.encode(frame))
        file.mux(stream.encode())


def write_images(root: Path) -> None:
    Image.fromarray(scene(2)).save(root / "picture.png")
    Image.new("RGB", (1, 1)).save(root / "dot.png")
    Image.new("1", (20_000, 20_000)).save(root / "large.png")
    (root / "bomb.png").write_bytes(png_head(60_000, 60_000))
    (root / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 and then nothing")
    with h5py.File(root / "bomb.h5", "w") as file:
        shape = (5, 3, 20_000, 20_000)
        file.create_dataset(
            "Color_Data", shape, np.uint8, chunks=(1, 1, 500, 500), compression="gzip"
        )


def prepare(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["prepare", "data=captures", *arguments]
    data = ["data.manifest=manifest.csv", "paths.root=root", "data.frames=2", "image_size=64"]
    return forked.run([*command, *data], place, within=120)


@pytest.fixture(scope="module")
def prepared(place: Path) -> subprocess.CompletedProcess[str]:
    return prepare(place, "processes=2")


def test_everything_bad_ends_as_a_row_of_the_report(
    place: Path, prepared: subprocess.CompletedProcess[str]
) -> None:
    assert "Traceback" not in prepared.stderr, prepared.stderr
    report = pd.read_csv(place / "outputs/prepare/prepare_report.csv", keep_default_na=False)
    report = report.set_index("source")
    assert set(report.index) == set(EXPECTED)
    for source, (outcome, reason) in EXPECTED.items():
        row = report.loc[source]
        assert row["outcome"] == outcome, (source, row["outcome"], row["reason"])
        assert reason in row["reason"], (source, row["reason"])
        assert (row["crops"] > 0) == (outcome in {"ok", "partly_decoded"}), source


def test_too_many_losses_are_told_by_the_exit_code(
    place: Path, prepared: subprocess.CompletedProcess[str]
) -> None:
    assert prepared.returncode == 2
    assert "gave no crop, more than tolerated_losses=0.05" in prepared.stderr
    assert "prepare_report.csv says why" in prepared.stderr
    again = prepare(place, "tolerated_losses=1")
    assert again.returncode == 0, again.stderr
    assert prepare(place, "verify=true").returncode == 0


def test_a_store_that_was_tampered_with_is_found_out_and_mended(
    place: Path, prepared: subprocess.CompletedProcess[str]
) -> None:
    (crops,) = place.glob("outputs/cache/crops-*/shards/*.crops")
    whole = crops.read_bytes()
    crops.write_bytes(whole[:1000] + bytes([whole[1000] ^ 1]) + whole[1001:])
    told = prepare(place, "verify=true")
    assert told.returncode == 2
    assert "1 of 1 shards" in told.stderr
    assert "shard-000000: shard-000000.crops has changed since it was written" in told.stderr
    for path in crops.parent.glob("shard-000000.*"):
        path.unlink()
    assert prepare(place, "tolerated_losses=1").returncode == 0
    assert crops.read_bytes() == whole
    assert prepare(place, "verify=true").returncode == 0
