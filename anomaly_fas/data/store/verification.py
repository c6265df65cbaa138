"""Checking that a store's files are those that were written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from anomaly_fas.data.store.crop_store import store_shards
from anomaly_fas.data.store.index import INDEX, SAMPLES, entries, write_tables
from anomaly_fas.data.store.plan import PlannedShard, read_plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from anomaly_fas.data.store.shard import Shard


@dataclass(frozen=True)
class Verdict:
    """What the check of a shard found.

    Attributes:
        shard: its name.
        fault: what is wrong with it; empty if nothing is.
        finished: whether it was finished at all.
    """

    shard: str
    fault: str
    finished: bool


def verify(folder: Path, size: int) -> Iterator[Verdict]:
    """Compare every finished shard with its checksums, one after another."""
    for planned, shard in zip(read_plan(folder), store_shards(folder, size), strict=True):
        finished = shard.is_sealed
        yield Verdict(shard.name, _fault(planned, shard) if finished else "", finished)


def _fault(planned: PlannedShard, shard: Shard) -> str:
    try:
        seal, now = shard.read_seal(), shard.compute_seal()
        ids = tuple(record.sample_id for record in shard.records())
    except (OSError, ValueError) as error:
        return f"cannot be read ({error})"
    if seal.crops_sha256 != now.crops_sha256:
        return f"{shard.crops_path.name} has changed since it was written"
    if seal.index_sha256 != now.index_sha256:
        return f"{shard.index_path.name} has changed since it was written"
    if ids != planned.sample_ids or seal != now:
        return f"{shard.seal_path.name} or the plan has changed since it was written"
    return ""


def table_fault(folder: Path, size: int) -> str:
    """What is wrong with the tables of a store whose shards are good; empty if nothing is."""
    shards = store_shards(folder, size)
    with TemporaryDirectory() as place:
        write_tables(Path(place), entries(read_plan(folder), shards), shards)
        for name in (SAMPLES, INDEX):
            try:
                found = pq.read_table(folder / name)
            except (OSError, ValueError) as error:
                return f"{folder / name} cannot be read ({error})"
            if not found.equals(pq.read_table(Path(place) / name)):
                return f"{folder / name} does not tell what the shards hold"
    return ""
