"""Check that the files of a store are as they were written."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pyarrow.parquet as pq

from anomaly_fas.data.store.index import INDEX, SAMPLES, entries, write_tables
from anomaly_fas.data.store.plan import read_plan
from anomaly_fas.data.store.shard import Shard


class Verdict(NamedTuple):
    """Result of the check of one shard; `fault` is empty if nothing is wrong."""

    shard: str
    fault: str
    finished: bool


def verify(folder: Path, size: int) -> Iterator[Verdict]:
    """Compare every finished shard with its checksums, one after another."""
    for shard in read_plan(folder, size):
        finished = shard.is_sealed
        yield Verdict(shard.name, _fault(shard) if finished else "", finished)


def _fault(shard: Shard) -> str:
    try:
        seal, now = shard.read_seal(), shard.compute_seal()
        ids = tuple(record.sample_id for record in shard.records())
    except (OSError, ValueError) as error:
        return f"cannot be read ({error})"
    if seal.crops_sha256 != now.crops_sha256:
        return f"{shard.crops_path.name} has changed since it was written"
    if seal.index_sha256 != now.index_sha256:
        return f"{shard.index_path.name} has changed since it was written"
    if ids != shard.sample_ids or seal != now:
        return f"{shard.seal_path.name} or the plan has changed since it was written"
    return ""


def table_fault(folder: Path, size: int) -> str:
    """Name what is wrong with the tables of a store whose shards are good; empty if nothing is."""
    shards = read_plan(folder, size)
    with TemporaryDirectory() as temporary:
        write_tables(Path(temporary), entries(shards), shards)
        for name in (SAMPLES, INDEX):
            try:
                table = pq.read_table(folder / name)
            except (OSError, ValueError) as error:
                return f"{folder / name} cannot be read ({error})"
            if not table.equals(pq.read_table(Path(temporary) / name)):
                return f"{folder / name} does not tell what the shards hold"
    return ""
