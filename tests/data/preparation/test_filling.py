"""A store ends the same, however many processes fill it and whatever happens to them."""

import multiprocessing
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from filelock import FileLock

from anomaly_fas.data.faces.face import Face
from anomaly_fas.data.preparation import filling as filling_module
from anomaly_fas.data.preparation.capture import Capture
from anomaly_fas.data.preparation.filling import Filling, lost_share, outcome_counts, prepare_report
from anomaly_fas.data.prepared_source import StoredCrops
from anomaly_fas.data.store.crop_store import CropStore
from anomaly_fas.data.store.index import Entry
from anomaly_fas.data.store.plan import read_plan
from anomaly_fas.data.store.record import Outcome
from anomaly_fas.data.store.verification import table_fault, verify
from anomaly_fas.errors import DataError
from tests.data.preparation.cutters import SETTINGS, SIZE, DigestCutter, write_captures
from tests.nonempty import nonempty


def fill(
    folder: Path,
    captures: list[Capture],
    processes: int = 0,
    cutter: DigestCutter | None = None,
) -> Filling:
    filling = Filling(folder, SETTINGS, cutter or DigestCutter(), processes, shard_samples=4)  # type: ignore[arg-type]
    filling.run(captures, lambda done, total: None)
    return filling


def content(folder: Path) -> dict[str, bytes]:
    """Every file of a store but its locks."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "lock" not in path.relative_to(folder).parts[0]
    }


def stop_half_way(folder: Path, captures: list[Capture]) -> None:
    """Fill a store up to the seventh capture."""
    filling = Filling(folder, SETTINGS, StoppedCutter("a/006"), 0, shard_samples=4)  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        filling.run(captures, lambda done, total: None)


class LitteringCutter(DigestCutter):
    """Leaves a half-written file at each capture."""

    def __call__(self, capture: Capture):  # type: ignore[no-untyped-def]
        assert self.scars is not None
        self.scars.write_text("half")
        return super().__call__(capture)


class StoppedCutter(DigestCutter):
    """Is interrupted at a capture."""

    def _die(self) -> None:
        raise KeyboardInterrupt


def test_the_store_holds_every_crop_of_every_sample(tmp_path: Path) -> None:
    captures = write_captures(tmp_path / "in", 11)
    fill(tmp_path / "store", captures)
    store = CropStore(tmp_path / "store", SETTINGS)
    rows = pd.DataFrame({"sample_id": [capture.sample_id for capture in captures[::-1]]})
    crops = StoredCrops(rows, store, contents="")
    expected = {capture.sample_id: DigestCutter()(capture)[1] for capture in captures}
    assert set(crops.annotations["sample_id"]) == {
        n for n, images in expected.items() if len(images)
    }
    for row, name in nonempty(enumerate(crops.annotations["sample_id"])):
        assert crops.frame_counts[row] == len(expected[name])
        for number, image in enumerate(expected[name]):
            np.testing.assert_array_equal(crops.frame(row, number), image)
    index = pd.read_parquet(tmp_path / "store" / "index.parquet")
    assert len(index) == sum(map(len, expected.values()))
    assert index["time"].tolist() == [number / 30 for number in index["number"]]


def test_processes_do_not_change_a_byte(tmp_path: Path) -> None:
    captures = write_captures(tmp_path / "in", 23) + write_captures(tmp_path / "other", 5, "b")
    one, two = tmp_path / "one", tmp_path / "two"
    fill(one, captures)
    fill(two, captures, processes=2)
    assert content(one) == content(two)
    assert len(read_plan(one, SIZE)) == 8


def test_a_process_that_is_killed_is_started_again(tmp_path: Path) -> None:
    captures = write_captures(tmp_path / "in", 14)
    fill(tmp_path / "whole", captures)
    (tmp_path / "scars").mkdir()
    told: list[tuple[int, int]] = []
    cutter = DigestCutter("a/006", tmp_path / "scars", times=2)
    filling = Filling(tmp_path / "store", SETTINGS, cutter, 2, shard_samples=4)  # type: ignore[arg-type]
    filling.run(captures, lambda done, total: told.append((done, total)))
    assert len(list((tmp_path / "scars").iterdir())) == 2
    assert content(tmp_path / "store") == content(tmp_path / "whole")
    assert told[-1] == (14, 14)


@pytest.mark.parametrize("processes", [1, 2])
def test_a_capture_that_processes_die_of_is_unreadable(tmp_path: Path, processes: int) -> None:
    captures = write_captures(tmp_path / "in", 10)
    whole = fill(tmp_path / "whole", captures).entries()
    held = fill(tmp_path / "store", captures, processes, DigestCutter("a/006")).entries()
    assert held["a/006"].outcome == "unreadable"
    assert held["a/006"].reason == "reading it ended the process, 2 times"
    assert captures[6].path is not None
    assert held["a/006"].size == captures[6].path.stat().st_size
    others = set(whole) - {"a/006"}
    assert {held[name].sha256 for name in others} == {whole[name].sha256 for name in others}
    before = content(tmp_path / "store")
    fill(tmp_path / "store", captures, processes, DigestCutter("a/006"))
    assert content(tmp_path / "store") == before  # it is not tried again


def test_more_samples_are_added_and_nothing_is_cut_again(tmp_path: Path) -> None:
    first, second = write_captures(tmp_path / "a", 6), write_captures(tmp_path / "b", 6, "b")
    fill(tmp_path / "store", first)
    before = content(tmp_path / "store")
    told: list[tuple[int, int]] = []
    filling = Filling(tmp_path / "store", SETTINGS, DigestCutter(), 0, 4)  # type: ignore[arg-type]
    filling.run(second, lambda done, total: told.append((done, total)))
    assert told[-1] == (6, 6)
    after = content(tmp_path / "store")
    kept = {name for name in before if not name.endswith(".parquet")}
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert set(filling.entries()) == {capture.sample_id for capture in first + second}
    filling.run(first + second, lambda done, total: told.append((done, total)))
    assert told[-1] == (0, 0)
    assert content(tmp_path / "store") == after


def test_a_capture_that_changed_is_cut_again_and_the_new_crops_count(tmp_path: Path) -> None:
    captures = write_captures(tmp_path / "in", 6)
    fill(tmp_path / "store", captures)
    assert captures[2].path is not None
    captures[2].path.write_bytes(b"something longer than what stood there before")
    fill(tmp_path / "store", captures)
    assert [shard.sample_ids for shard in read_plan(tmp_path / "store", SIZE)][2:] == [("a/002",)]
    expected = DigestCutter()(captures[2])[0]
    held = fill(tmp_path / "store", captures).entries()["a/002"]
    assert (held.sha256, held.crops, held.shard) == (expected.sha256, len(expected.crops), 2)
    index = pd.read_parquet(tmp_path / "store" / "index.parquet")
    ours = index[index["sample_id"] == "a/002"]
    assert set(ours["source_sha256"]) <= {expected.sha256}
    assert len(ours) == len(expected.crops)
    assert len(read_plan(tmp_path / "store", SIZE)) == 3


def test_another_face_in_the_manifest_is_cut_again(tmp_path: Path) -> None:
    captures = write_captures(tmp_path / "in", 2)
    fill(tmp_path / "store", captures)
    given = replace(captures[1], face=Face((0.0, 0.0, 5.0, 5.0), None, 1.0))
    filling = fill(tmp_path / "store", [captures[0], given])
    assert filling.entries()["a/001"].shard == 1
    assert filling.entries()["a/001"].given != ""


def test_what_is_missing_is_not_stored_until_it_is_there(tmp_path: Path) -> None:
    captures = write_captures(tmp_path / "in", 3)
    absent = replace(captures[1], path=None, reason="no such file")
    assert set(fill(tmp_path / "store", [captures[0], absent]).entries()) == {"a/000"}
    assert set(fill(tmp_path / "store", captures).entries()) == {"a/000", "a/001", "a/002"}


def test_a_file_that_went_away_between_plan_and_work_is_recorded(tmp_path: Path) -> None:
    captures = write_captures(tmp_path / "in", 14)
    stop_half_way(tmp_path / "store", captures)
    gone = [replace(c, path=None, reason="gone") if c.sample_id == "a/007" else c for c in captures]
    held = fill(tmp_path / "store", gone).entries()
    assert (held["a/007"].outcome, held["a/007"].reason) == ("missing", "gone")
    assert len(held) == 14


def test_samples_that_left_the_manifest_do_not_keep_the_others_waiting(tmp_path: Path) -> None:
    captures = write_captures(tmp_path / "in", 14)
    stop_half_way(tmp_path / "store", captures)
    held = fill(tmp_path / "store", captures[:7]).entries()
    assert {capture.sample_id for capture in captures[:7]} <= set(held)


def test_leftovers_of_a_killed_writer_are_removed(tmp_path: Path) -> None:
    captures = write_captures(tmp_path / "in", 2)
    fill(tmp_path / "store", captures)
    whole = content(tmp_path / "store")
    seal = "shards/.shard-000000.seal.json.x_123456.json"
    for leftover in (".plan-0001.json.abcdefgh.json", seal):
        (tmp_path / "store" / leftover).write_text("half")
    fill(tmp_path / "store", captures)
    assert content(tmp_path / "store") == whole


def test_leftovers_of_a_worker_that_died_meanwhile_are_removed(tmp_path: Path) -> None:
    """Where one worker dies, its neighbour is stopped too, at any moment of its writing."""
    captures = write_captures(tmp_path / "in", 2)
    fill(tmp_path / "whole", captures)
    leftover = tmp_path / "store" / "shards" / ".shard-000000.seal.json.x_123456.json"
    fill(tmp_path / "store", captures, cutter=LitteringCutter(scars=leftover))
    assert content(tmp_path / "store") == content(tmp_path / "whole")


@pytest.mark.parametrize("left", [0, 100])
def test_a_shard_that_was_damaged_is_told_when_it_is_read(tmp_path: Path, left: int) -> None:
    fill(tmp_path / "store", write_captures(tmp_path / "in", 4))
    (path,) = (tmp_path / "store").glob("shards/*.crops")
    path.write_bytes(path.read_bytes()[:left])
    store = CropStore(tmp_path / "store", SETTINGS)
    with pytest.raises(DataError, match=r"shard-000000\.crops cannot be read.*verify=true"):
        store.crop(0, 2)
    path.unlink()
    with pytest.raises(DataError, match="No such file"):
        CropStore(tmp_path / "store", SETTINGS).crop(0, 0)


def test_two_commands_do_not_fill_one_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling_module, "_PATIENCE_SECONDS", 0.1)
    (tmp_path / "store").mkdir()
    with (
        FileLock(tmp_path / "store" / "lock", is_singleton=False),
        pytest.raises(DataError, match="another command"),
    ):
        fill(tmp_path / "store", write_captures(tmp_path / "in", 2))


def test_verification_names_the_damaged_shard(tmp_path: Path) -> None:
    filling = fill(tmp_path / "store", write_captures(tmp_path / "in", 10))
    assert [verdict.fault for verdict in verify(filling.folder, SIZE)] == ["", "", ""]
    assert table_fault(filling.folder, SIZE) == ""
    path = filling.folder / "shards" / "shard-000001.crops"
    damaged = bytearray(path.read_bytes())
    damaged[5] ^= 4
    path.write_bytes(damaged)
    (filling.folder / "shards" / "shard-000002.jsonl").write_text("{}\n")
    first, second, third = verify(filling.folder, SIZE)
    assert first.fault == ""
    assert second.fault == "shard-000001.crops has changed since it was written"
    assert "cannot be read" in third.fault
    for leftover in (filling.folder / "shards").glob("shard-00000[12].*"):
        leftover.unlink()
    mended = fill(tmp_path / "store", write_captures(tmp_path / "in", 10))
    assert not any(verdict.fault for verdict in verify(mended.folder, SIZE))
    table = pq.read_table(mended.folder / "samples.parquet")
    pq.write_table(table.slice(0, 9), mended.folder / "samples.parquet")
    assert "samples.parquet does not tell" in table_fault(mended.folder, SIZE)


def test_a_worker_ends_with_its_command(tmp_path: Path) -> None:
    captures = write_captures(tmp_path / "in", 8)
    slow = multiprocessing.get_context("spawn").Process(
        target=_fill_slowly, args=(tmp_path / "store", captures)
    )
    slow.start()
    shards = tmp_path / "store" / "shards"
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and len(list(shards.glob("*.jsonl"))) < 2:
        time.sleep(0.02)
    slow.kill()
    slow.join()
    # Its workers would hold the shards' locks for minutes, were they still there.
    fill(tmp_path / "store", captures)
    fill(tmp_path / "whole", captures)
    assert content(tmp_path / "store") == content(tmp_path / "whole")


class SlowCutter(DigestCutter):
    """Takes its time."""

    def __call__(self, capture: Capture):  # type: ignore[no-untyped-def]
        time.sleep(60)
        return super().__call__(capture)


def _fill_slowly(folder: Path, captures: list[Capture]) -> None:
    fill(folder, captures, processes=2, cutter=SlowCutter())


ROWS = pd.DataFrame(
    {
        "sample_id": ["a1", "a2", "a3", "b1", "b2", "c1"],
        "dataset": ["a", "a", "a", "b", "b", "c"],
        "split": ["train", "devel+test", "test", "train", "", "test"],
        "label": ["bona_fide", "attack", "attack", "bona_fide", "attack", "attack"],
    }
)


def entry(name: str, outcome: str, crops: int, reason: str = "") -> Entry:
    return Entry(
        sample_id=name, dataset=name[0], outcome=Outcome(outcome), reason=reason,
        source=f"{name}.mp4", sha256="", size=1, given="", turned=0, shard=0, first=0, crops=crops,
    )  # fmt: skip


def capture(name: str, *, found: bool = True) -> Capture:
    path = Path(name) if found else None
    return Capture(name, name[0], path, f"{name}.mp4", "" if found else "no such file")


CAPTURES = [capture("a1"), capture("a2"), capture("a3", found=False)]
HELD = {
    "a1": entry("a1", "ok", 10),
    "a2": entry("a2", "no_face", 0, "no face in 10 of 10 frame(s)"),
    "b1": entry("b1", "partly_decoded", 4, "cut short"),  # of an earlier prepare
}


def test_a_row_for_what_was_looked_for_and_for_what_is_held() -> None:
    report = prepare_report(ROWS, CAPTURES, HELD)
    columns = ["sample_id", "dataset", "split", "label", "outcome", "crops", "reason", "source"]
    assert report[columns].to_numpy().tolist() == [
        ["a1", "a", "train", "bona_fide", "ok", 10, "", "a1.mp4"],
        ["a2", "a", "devel+test", "attack", "no_face", 0, "no face in 10 of 10 frame(s)", "a2.mp4"],
        ["a3", "a", "test", "attack", "missing", 0, "no such file", "a3.mp4"],
        ["b1", "b", "train", "bona_fide", "partly_decoded", 4, "cut short", "b1.mp4"],
    ]


def test_the_summary_has_every_outcome() -> None:
    counts = outcome_counts(prepare_report(ROWS, CAPTURES, HELD))
    assert list(counts.columns) == [*Outcome, "crops"]
    nothing = dict.fromkeys(counts.columns, 0)
    assert counts.loc["a"].to_dict() == nothing | {"ok": 1, "missing": 1, "no_face": 1, "crops": 10}
    assert counts.loc["b"].to_dict() == nothing | {"partly_decoded": 1, "crops": 4}


def test_what_is_missing_is_no_loss() -> None:
    assert lost_share(prepare_report(ROWS, CAPTURES, HELD)) == pytest.approx(1 / 3)
    nothing = [capture("a3", found=False)]
    assert lost_share(prepare_report(ROWS, nothing, {})) == 0
