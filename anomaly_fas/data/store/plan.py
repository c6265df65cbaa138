"""Plan which samples lie in which shard: before any work, and only ever by adding.

So shards and their order depend on the samples alone, not on who writes them or when.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from anomaly_fas.data.store.shard import Shard
from anomaly_fas.errors import DataError
from anomaly_fas.files import write_text

SHARD_SAMPLES: Final = 32
"""Samples of a shard: few enough for processes to share the work evenly."""


def read_plan(store: Path, size: int) -> list[Shard]:
    """Read all planned shards of a store, in order, whose crops have `size` pixels a side.

    Raises:
        DataError: a file of the plan is damaged.
    """
    shards = []
    for path in sorted(store.glob("plan-*.json")):
        try:
            shards += [
                Shard(store / "shards", plan["name"], size, plan["dataset"], (*plan["sample_ids"],))
                for plan in json.loads(path.read_text("utf-8"))
            ]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DataError(
                f"{path}: this part of the crop store's plan is damaged ({error}); restore it, or "
                "move the store away and prepare again"
            ) from error
    return shards


def extend_plan(
    store: Path, samples: Mapping[str, Sequence[str]], shard_samples: int = SHARD_SAMPLES
) -> None:
    """Plan shards for more samples.

    Args:
        store: folder of the store.
        samples: sample ids by dataset, in order.
        shard_samples: most samples of a shard.
    """
    parts = sorted(store.glob("plan-*.json"))
    first = sum(len(json.loads(path.read_text("utf-8"))) for path in parts)
    blocks = [
        {"dataset": dataset, "sample_ids": list(ids[start : start + shard_samples])}
        for dataset, ids in samples.items()
        for start in range(0, len(ids), shard_samples)
    ]
    shards = [
        {"name": f"shard-{first + number:06d}"} | block for number, block in enumerate(blocks)
    ]
    if shards:
        text = json.dumps(shards, ensure_ascii=False, indent=0)
        write_text(store / f"plan-{len(parts):04d}.json", text + "\n")
