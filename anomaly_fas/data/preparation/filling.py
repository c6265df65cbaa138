"""Filling a crop store: planned, cut by many processes, tabled; killed at any moment it goes on."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from filelock import FileLock, Timeout

from anomaly_fas.data.preparation.shard_work import ShardWork
from anomaly_fas.data.preparation.side_by_side import do_all
from anomaly_fas.data.store.crop_store import store_shards
from anomaly_fas.data.store.index import entries, write_tables
from anomaly_fas.data.store.plan import SHARD_SAMPLES, extend_plan, read_plan
from anomaly_fas.errors import DataError, RunError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from anomaly_fas.data.preparation.capture import Capture
    from anomaly_fas.data.preparation.cutting import Cutter
    from anomaly_fas.data.store.index import Entry
    from anomaly_fas.data.store.plan import PlannedShard
    from anomaly_fas.data.store.settings import StoreSettings
    from anomaly_fas.data.store.shard import Shard

_PATIENCE_SECONDS: Final = 5.0


@dataclass(frozen=True)
class Filling:
    """What a filling is to do, and does.

    Attributes:
        folder: of the store.
        settings: of the store.
        cutter: what is done to each capture.
        processes: how many cut at once, 0 for this one alone; the store does not depend on it.
        shard_samples: samples of a shard.
    """

    folder: Path
    settings: StoreSettings
    cutter: Cutter
    processes: int
    shard_samples: int = SHARD_SAMPLES

    def run(self, captures: Sequence[Capture], progress: Callable[[int, int], None]) -> None:
        """Cut what the store does not hold yet, and write its tables.

        Args:
            captures: the samples that there are; what the store holds of others stays.
            progress: told the number of samples done, and of all that are to be done.

        Raises:
            DataError: another command is filling the store, or its files are damaged.
            RunError: it cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with _locked(self.folder / "lock"):
                self.settings.claim(self.folder)
                self._plan(captures)
                self._cut(captures, progress)
                self._sweep()
                write_tables(self.folder, self.entries(), self._shards())
        except OSError as error:
            raise RunError(
                f"cannot write the crop store {self.folder}: {error.strerror or error}. Free some "
                "space or make it writable, and run the same command again; what is finished is "
                "kept. `paths.cache_dir=…` chooses another place."
            ) from error

    def entries(self) -> dict[str, Entry]:
        """What the finished shards hold, by sample id."""
        return entries(read_plan(self.folder), self._shards())

    def _shards(self) -> list[Shard]:
        return store_shards(self.folder, self.settings.size)

    def _sweep(self) -> None:
        """Remove the half-written files of writers that were killed, just now or long ago."""
        for folder in (self.folder, self.folder / "shards"):
            for leftover in folder.glob(".*.*"):
                leftover.unlink(missing_ok=True)

    def _plan(self, captures: Sequence[Capture]) -> None:
        """Plan shards for captures that are new, or are no longer what was prepared."""
        waiting = {name for plan, _ in self._unfinished(captures) for name in plan.sample_ids}
        held = self.entries()
        wanted: dict[str, list[str]] = {}
        for capture in captures:
            known = capture.sample_id in waiting or _is_current(
                capture, held.get(capture.sample_id)
            )
            if capture.path is not None and not known:
                wanted.setdefault(capture.dataset, []).append(capture.sample_id)
        extend_plan(self.folder, wanted, self.shard_samples)

    def _cut(self, captures: Sequence[Capture], progress: Callable[[int, int], None]) -> None:
        by_id = {capture.sample_id: capture for capture in captures}
        work = [
            ShardWork(shard, tuple(by_id[name] for name in plan.sample_ids), self.cutter)
            for plan, shard in self._unfinished(captures)
        ]
        total = sum(len(item.captures) for item in work)
        do_all(work, self.processes, lambda done: progress(done, total))

    def _unfinished(self, captures: Sequence[Capture]) -> list[tuple[PlannedShard, Shard]]:
        """The shards that can be gone on with: all of their captures are among these."""
        given = {capture.sample_id for capture in captures}
        return [
            (plan, shard)
            for plan, shard in zip(read_plan(self.folder), self._shards(), strict=True)
            if not shard.is_sealed and given.issuperset(plan.sample_ids)
        ]


def _is_current(capture: Capture, entry: Entry | None) -> bool:
    """Whether what the store holds was cut from the capture as it is now."""
    return (
        entry is not None
        and capture.path is not None
        and entry.size == capture.stored_bytes
        and entry.given == capture.given
    )


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    lock = FileLock(path, timeout=_PATIENCE_SECONDS)
    try:
        lock.acquire()
    except Timeout as error:
        raise DataError(
            f"another command is filling the crop store {path.parent}: wait until it is done"
        ) from error
    try:
        yield
    finally:
        lock.release()
