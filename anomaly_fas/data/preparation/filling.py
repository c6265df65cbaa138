"""Fill a crop store: plan, cut by many processes, write the tables and report on the samples.

A filling that is interrupted goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd
from filelock import FileLock, Timeout

from anomaly_fas.data.preparation.capture import Capture
from anomaly_fas.data.preparation.shard_work import ShardWork, do_all
from anomaly_fas.data.store.index import Entry, entries, write_tables
from anomaly_fas.data.store.plan import SHARD_SAMPLES, extend_plan, read_plan
from anomaly_fas.data.store.record import Outcome
from anomaly_fas.data.store.settings import StoreSettings
from anomaly_fas.data.store.shard import Shard
from anomaly_fas.errors import DataError, RunError
from anomaly_fas.files import remove_unfinished

if TYPE_CHECKING:
    from anomaly_fas.data.preparation.cutting import Cutter

_PATIENCE_SECONDS: Final = 5.0

REPORT_COLUMNS: Final = (
    "sample_id", "dataset", "split", "label", "outcome", "crops", "reason", "source",
)  # fmt: skip


@dataclass(frozen=True)
class Filling:
    """A store to fill, and how.

    Attributes:
        folder: folder of the store.
        settings: settings of the store.
        cutter: makes the crops of a capture.
        processes: number of processes that cut, 0 for this one alone; it does not change the store.
        shard_samples: most samples of a shard.
    """

    folder: Path
    settings: StoreSettings
    cutter: Cutter
    processes: int
    shard_samples: int = SHARD_SAMPLES

    def run(self, captures: Sequence[Capture], progress: Callable[[int, int], None]) -> None:
        """Cut what the store does not hold yet, and write its tables.

        Args:
            captures: samples to prepare; what the store holds of others stays.
            progress: callback `(samples done, samples to do)`.

        Raises:
            DataError: another command is filling the store, or its files are damaged.
            RunError: the store cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self.folder / "lock", timeout=_PATIENCE_SECONDS):
                self.settings.claim(self.folder)
                self._plan(captures)
                self._cut(captures, progress)
                for folder in (self.folder, self.folder / "shards"):
                    remove_unfinished(folder)
                write_tables(self.folder, self.entries(), self._shards())
        except Timeout as error:
            raise DataError(
                f"another command is filling the crop store {self.folder}: wait until it is done"
            ) from error
        except OSError as error:
            raise RunError(
                f"cannot write the crop store {self.folder}: {error.strerror or error}. Free some "
                "space or make it writable, and run the same command again; what is finished is "
                "kept. `paths.cache_dir=…` chooses another place."
            ) from error

    def entries(self) -> dict[str, Entry]:
        """The samples of the finished shards, by id."""
        return entries(self._shards())

    def _shards(self) -> list[Shard]:
        return read_plan(self.folder, self.settings.size)

    def _plan(self, captures: Sequence[Capture]) -> None:
        """Plan shards for captures that are new or have changed since they were prepared."""
        waiting = {name for shard in self._unfinished(captures) for name in shard.sample_ids}
        held = self.entries()
        wanted: dict[str, list[str]] = {}
        for capture in captures:
            if capture.path is None or capture.sample_id in waiting:
                continue
            entry = held.get(capture.sample_id)
            is_current = (
                entry is not None
                and entry.size == capture.stored_bytes
                and entry.given == capture.given
            )
            if not is_current:
                wanted.setdefault(capture.dataset, []).append(capture.sample_id)
        extend_plan(self.folder, wanted, self.shard_samples)

    def _cut(self, captures: Sequence[Capture], progress: Callable[[int, int], None]) -> None:
        by_id = {capture.sample_id: capture for capture in captures}
        work = [
            ShardWork(shard, tuple(by_id[name] for name in shard.sample_ids), self.cutter)
            for shard in self._unfinished(captures)
        ]
        total = sum(len(item.captures) for item in work)
        do_all(work, self.processes, lambda done: progress(done, total))

    def _unfinished(self, captures: Sequence[Capture]) -> list[Shard]:
        """The unfinished shards all of whose captures are given."""
        given = {capture.sample_id for capture in captures}
        return [
            shard
            for shard in self._shards()
            if not shard.is_sealed and given.issuperset(shard.sample_ids)
        ]


def prepare_report(
    rows: pd.DataFrame, captures: Sequence[Capture], held: Mapping[str, Entry]
) -> pd.DataFrame:
    """Report each sample that was looked for or is in the store, with `REPORT_COLUMNS`.

    Args:
        rows: annotation table of all samples.
        captures: captures that were looked for.
        held: samples of the store, by id.
    """
    looked_for = {capture.sample_id: capture for capture in captures}
    known = rows[rows["sample_id"].isin(looked_for.keys() | held.keys())]
    return pd.DataFrame(
        [
            (name, dataset, split, label, *_outcome(looked_for.get(name), held.get(name)))
            for name, dataset, split, label in zip(
                known["sample_id"], known["dataset"], known["split"], known["label"], strict=True
            )
        ],
        columns=list(REPORT_COLUMNS),
    )


def outcome_counts(report: pd.DataFrame) -> pd.DataFrame:
    """Count samples by dataset (rows) and outcome (columns, all of them), and the crops."""
    counts = (
        pd.crosstab(report["dataset"], report["outcome"])
        .reindex(columns=[str(outcome) for outcome in Outcome], fill_value=0)
        .rename_axis(columns=None)
    )
    return counts.assign(crops=report.groupby("dataset")["crops"].sum())


def lost_share(report: pd.DataFrame) -> float:
    """Share of the existing captures without a crop; 0 where no capture exists."""
    found = report[report["outcome"] != Outcome.MISSING]
    return float((found["crops"] == 0).mean()) if len(found) else 0.0


def _outcome(capture: Capture | None, entry: Entry | None) -> tuple[str, int, str, str]:
    if capture is not None and (capture.path is None or entry is None):
        return str(Outcome.MISSING), 0, capture.reason, capture.source
    assert entry is not None
    return entry.outcome, entry.crops, entry.reason, entry.source
