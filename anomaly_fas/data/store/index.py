"""Make the tables of a store from the indices of its finished shards."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from anomaly_fas.data.store.record import CaptureFacts, SampleRecord
from anomaly_fas.data.store.shard import Shard
from anomaly_fas.errors import DataError
from anomaly_fas.files import atomic_path

SAMPLES: Final = "samples.parquet"
"""One row per sample: its outcome, and where its crops are."""

INDEX: Final = "index.parquet"
"""One row per crop: sample id, frame number, time, box, landmarks, detector score, source hash."""

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
    """A sample in the latest shard that holds it.

    Attributes:
        dataset: name of its dataset.
        shard: number of the shard in the plan.
        first: position of its first crop in the shard.
        crops: number of its crops.
    """

    dataset: str
    shard: int
    first: int
    crops: int


def entries(shards: Sequence[Shard]) -> dict[str, Entry]:
    """The samples of the finished shards, by id, in the order of the plan.

    Raises:
        DataError: a shard's index is damaged.
    """
    by_id: dict[str, Entry] = {}
    for number, shard in enumerate(shards):
        first = 0
        for record in _records(shard):
            by_id.pop(record.sample_id, None)
            count = len(record.crops)
            by_id[record.sample_id] = Entry(
                **record.facts, dataset=shard.dataset, shard=number, first=first, crops=count
            )
            first += count
    return by_id


def write_tables(folder: Path, samples: Mapping[str, Entry], shards: Sequence[Shard]) -> None:
    """Write `samples.parquet`, and `index.parquet` one shard at a time."""
    with atomic_path(folder / SAMPLES) as temporary:
        rows = [asdict(entry) for entry in samples.values()]
        pq.write_table(pa.Table.from_pylist(rows, schema=_SAMPLES), temporary)
    with atomic_path(folder / INDEX) as temporary, pq.ParquetWriter(temporary, _CROPS) as writer:
        for number, shard in enumerate(shards):
            crops = list(_crop_rows(shard, number, samples))
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


def _crop_rows(shard: Shard, number: int, samples: Mapping[str, Entry]) -> Iterator[dict[str, Any]]:
    """The rows of the samples of a shard that no later shard replaces."""
    for record in _records(shard):
        entry = samples[record.sample_id]
        if entry.shard != number:
            continue
        for position, crop in enumerate(record.crops, start=entry.first):
            points = crop.landmarks
            yield {
                "sample_id": record.sample_id,
                "shard": number,
                "position": position,
                "number": crop.number,
                "time": None if math.isnan(crop.time) else crop.time,
                **dict(zip(("left", "top", "right", "bottom"), crop.box, strict=True)),
                "landmarks": None if points is None else [value for xy in points for value in xy],
                "score": crop.score,
                "source_sha256": record.sha256,
            }
