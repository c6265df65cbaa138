"""The tables of a store, made of the indices of its finished shards."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from anomaly_fas.data.store.record import CaptureFacts, SampleRecord
from anomaly_fas.errors import DataError
from anomaly_fas.files import atomic_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from anomaly_fas.data.store.plan import PlannedShard
    from anomaly_fas.data.store.shard import Shard

SAMPLES: Final = "samples.parquet"
"""One row a sample: what came of it, and where its crops are."""

INDEX: Final = "index.parquet"
"""One row a crop: sample id, frame number, time, box, landmarks, detector score, source hash."""

_SAMPLES: Final = pa.schema(
    {
        **dict.fromkeys(("sample_id", "dataset", "outcome", "reason", "source"), pa.string()),
        **dict.fromkeys(("sha256", "given"), pa.string()),
        **dict.fromkeys(("size", "turned", "shard", "first", "crops"), pa.int64()),
    }
)
_CROPS: Final = pa.schema(
    {
        "sample_id": pa.string(),
        **dict.fromkeys(("shard", "position", "number"), pa.int64()),
        **dict.fromkeys(("time", "left", "top", "right", "bottom"), pa.float64()),
        "landmarks": pa.list_(pa.float64()),
        "score": pa.float64(),
        "source_sha256": pa.string(),
    }
)


@dataclass(frozen=True)
class Entry(CaptureFacts):
    """A sample in the shard that counts: the latest, where it was prepared more than once.

    Attributes:
        dataset: that it belongs to.
        shard: number of the shard in the plan.
        first: position of its first crop in the shard.
        crops: number of its crops.
    """

    dataset: str
    shard: int
    first: int
    crops: int


def entries(planned: Sequence[PlannedShard], shards: Sequence[Shard]) -> dict[str, Entry]:
    """The samples of the finished shards, by id, in the order of the plan.

    Raises:
        DataError: a shard's index is damaged.
    """
    found: dict[str, Entry] = {}
    for number, (plan, shard) in enumerate(zip(planned, shards, strict=True)):
        first = 0
        for record in _records(shard):
            found.pop(record.sample_id, None)
            count = len(record.crops)
            found[record.sample_id] = Entry(
                **record.facts, dataset=plan.dataset, shard=number, first=first, crops=count
            )
            first += count
    return found


def write_tables(folder: Path, found: Mapping[str, Entry], shards: Sequence[Shard]) -> None:
    """Write `samples.parquet` and `index.parquet`, the latter a shard at a time."""
    with atomic_path(folder / SAMPLES) as temporary:
        rows = [asdict(entry) for entry in found.values()]
        pq.write_table(pa.Table.from_pylist(rows, schema=_SAMPLES), temporary)
    with atomic_path(folder / INDEX) as temporary, pq.ParquetWriter(temporary, _CROPS) as writer:
        for number, shard in enumerate(shards):
            crops = list(_crop_rows(shard, number, found))
            if crops:
                writer.write_table(pa.Table.from_pylist(crops, schema=_CROPS))


def _records(shard: Shard) -> Sequence[SampleRecord]:
    if not shard.is_sealed:
        return ()
    try:
        return shard.records()
    except (OSError, ValueError) as error:
        raise DataError(
            f"{shard.index_path}: the index of this shard is damaged ({error}). Remove the files "
            f"whose names begin with {shard.name}, and prepare again."
        ) from error


def _crop_rows(shard: Shard, number: int, found: Mapping[str, Entry]) -> Iterator[dict[str, Any]]:
    """The rows of those samples of a shard that no later one has taken the place of."""
    for record in _records(shard):
        entry = found[record.sample_id]
        if entry.shard != number:
            continue
        for place, crop in enumerate(record.crops):
            points = crop.landmarks
            yield {
                "sample_id": record.sample_id,
                "shard": number,
                "position": entry.first + place,
                "number": crop.number,
                "time": None if math.isnan(crop.time) else crop.time,
                **dict(zip(("left", "top", "right", "bottom"), crop.box, strict=True)),
                "landmarks": None if points is None else [value for xy in points for value in xy],
                "score": crop.score,
                "source_sha256": record.sha256,
            }
