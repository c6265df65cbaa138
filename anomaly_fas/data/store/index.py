"""The tables of a store, made of the indices of its finished shards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from anomaly_fas.errors import DataError
from anomaly_fas.files import atomic_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from anomaly_fas.data.store.plan import PlannedShard
    from anomaly_fas.data.store.record import SampleRecord
    from anomaly_fas.data.store.shard import Shard

SAMPLES: Final = "samples.parquet"
"""One row a sample: what came of it, and where its crops are."""

INDEX: Final = "index.parquet"
"""One row a crop: sample id, frame number, time, box, landmarks, detector score, source hash."""

SAMPLE_COLUMNS: Final = (
    "sample_id", "dataset", "outcome", "reason", "source", "sha256", "size", "shard", "first",
    "crops",
)  # fmt: skip
CROP_COLUMNS: Final = (
    "sample_id", "shard", "position", "number", "time", "left", "top", "right", "bottom",
    "landmarks", "score", "source_sha256",
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A sample in the shard that counts: the latest, where it was prepared more than once.

    Attributes:
        dataset: that it belongs to.
        record: its line of the shard's index.
        shard: number of the shard in the plan.
        first: position of its first crop in the shard.
    """

    dataset: str
    record: SampleRecord
    shard: int
    first: int


def entries(planned: Sequence[PlannedShard], shards: Sequence[Shard]) -> dict[str, Entry]:
    """The samples of the finished shards, by id, in the plan's order.

    Raises:
        DataError: a shard's index is damaged.
    """
    found: dict[str, Entry] = {}
    for number, (plan, shard) in enumerate(zip(planned, shards, strict=True)):
        if not shard.is_sealed:
            continue
        first = 0
        for record in _records(shard):
            found.pop(record.sample_id, None)
            found[record.sample_id] = Entry(plan.dataset, record, number, first)
            first += len(record.crops)
    return found


def tables(found: dict[str, Entry]) -> dict[str, pd.DataFrame]:
    """`samples.parquet` and `index.parquet`, by file name."""
    samples = [_sample_row(entry) for entry in found.values()]
    crops = [row for entry in found.values() for row in _crop_rows(entry)]
    return {
        SAMPLES: pd.DataFrame(samples, columns=list(SAMPLE_COLUMNS)),
        INDEX: pd.DataFrame(crops, columns=list(CROP_COLUMNS)),
    }


def write_tables(store: Path, found: dict[str, Entry]) -> None:
    """Write both tables."""
    for name, table in tables(found).items():
        with atomic_path(store / name) as temporary:
            table.to_parquet(temporary, index=False)


def _records(shard: Shard) -> list[SampleRecord]:
    try:
        return shard.records()
    except (OSError, ValueError) as error:
        raise DataError(
            f"{shard.index_path}: the index of this shard is damaged ({error}). Remove "
            f"{shard.seal_path.name} and what else is named {shard.name}, and prepare again."
        ) from error


def _sample_row(entry: Entry) -> tuple[Any, ...]:
    record = entry.record
    return (
        record.sample_id, entry.dataset, str(record.outcome), record.reason, record.source,
        record.sha256, record.size, entry.shard, entry.first, len(record.crops),
    )  # fmt: skip


def _crop_rows(entry: Entry) -> Iterator[tuple[Any, ...]]:
    for number, crop in enumerate(entry.record.crops):
        landmarks = (
            None if crop.landmarks is None else [v for point in crop.landmarks for v in point]
        )
        yield (
            entry.record.sample_id, entry.shard, entry.first + number, crop.number, crop.time,
            *crop.box, landmarks, crop.score, entry.record.sha256,
        )  # fmt: skip
