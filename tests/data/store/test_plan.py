"""The plan: which samples lie in which shard."""

from pathlib import Path

import pytest

from anomaly_fas.data.store.plan import extend_plan, read_plan
from anomaly_fas.data.store.shard import Shard
from anomaly_fas.errors import DataError


def test_shards_hold_one_dataset_each_and_are_numbered_through(tmp_path: Path) -> None:
    extend_plan(tmp_path, {"a": ["a1", "a2", "a3"], "b": ["b1"]}, shard_samples=2)
    first = [
        Shard(tmp_path / "shards", "shard-000000", 8, "a", ("a1", "a2")),
        Shard(tmp_path / "shards", "shard-000001", 8, "a", ("a3",)),
        Shard(tmp_path / "shards", "shard-000002", 8, "b", ("b1",)),
    ]
    assert read_plan(tmp_path, 8) == first
    extend_plan(tmp_path, {})
    assert read_plan(tmp_path, 8) == first
    extend_plan(tmp_path, {"ä ö": ["a4"]}, shard_samples=2)
    second = Shard(tmp_path / "shards", "shard-000003", 8, "ä ö", ("a4",))
    assert read_plan(tmp_path, 8) == [*first, second]


@pytest.mark.parametrize("content", ["", "{", "[1]", '[{"name": "x"}]', "3"])
def test_a_damaged_plan_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "plan-0000.json").write_text(content)
    with pytest.raises(DataError, match=r"plan-0000\.json.*damaged"):
        read_plan(tmp_path, 8)
