"""Which samples lie in which shard: decided before any work, and only ever added to.

Shards and their order so depend on the samples alone, not on who writes them or when.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from anomaly_fas.errors import DataError
from anomaly_fas.files import write_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

SHARD_SAMPLES: Final = 32
"""Samples of a shard: few enough for processes to share the work evenly."""


@dataclass(frozen=True)
class PlannedShard:
    """A shard's name and its samples in order, which are of one dataset."""

    name: str
    dataset: str
    sample_ids: tuple[str, ...]


def read_plan(store: Path) -> list[PlannedShard]:
    """All planned shards of a store, in order.

    Raises:
        DataError: a file of the plan is damaged.
    """
    return [shard for path in sorted(store.glob("plan-*.json")) for shard in _read(path)]


def extend_plan(
    store: Path, samples: Mapping[str, Sequence[str]], shard_samples: int = SHARD_SAMPLES
) -> list[PlannedShard]:
    """Plan shards for more samples.

    Args:
        store: its folder.
        samples: dataset to sample ids, in order.
        shard_samples: at most so many samples a shard.

    Returns:
        The new shards; none where there are no samples.
    """
    first = len(read_plan(store))
    blocks = [
        (dataset, tuple(ids[start : start + shard_samples]))
        for dataset, ids in samples.items()
        for start in range(0, len(ids), shard_samples)
    ]
    shards = [
        PlannedShard(f"shard-{first + number:06d}", dataset, ids)
        for number, (dataset, ids) in enumerate(blocks)
    ]
    if shards:
        plain = [asdict(shard) for shard in shards]
        part = len(list(store.glob("plan-*.json")))
        text = json.dumps(plain, ensure_ascii=False, indent=0)
        write_text(store / f"plan-{part:04d}.json", text + "\n")
    return shards


def _read(path: Path) -> list[PlannedShard]:
    try:
        return [
            PlannedShard(shard["name"], shard["dataset"], tuple(shard["sample_ids"]))
            for shard in json.loads(path.read_text("utf-8"))
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{path}: this part of the crop store's plan is damaged ({error}); restore it, or "
            "move the store away and prepare again"
        ) from error
