"""The plan: which samples lie in which shard."""

from pathlib import Path

import pytest

from anomaly_fas.data.store.plan import PlannedShard, extend_plan, read_plan
from anomaly_fas.errors import DataError


def test_shards_hold_one_dataset_each_and_are_numbered_through(tmp_path: Path) -> None:
    first = extend_plan(tmp_path, {"a": ["a1", "a2", "a3"], "b": ["b1"]}, shard_samples=2)
    assert first == [
        PlannedShard("shard-000000", "a", ("a1", "a2")),
        PlannedShard("shard-000001", "a", ("a3",)),
        PlannedShard("shard-000002", "b", ("b1",)),
    ]
    assert extend_plan(tmp_path, {}) == []
    second = extend_plan(tmp_path, {"ä ö": ["a4"]}, shard_samples=2)
    assert [shard.name for shard in second] == ["shard-000003"]
    assert read_plan(tmp_path) == first + second


@pytest.mark.parametrize("content", ["", "{", "[1]", '[{"name": "x"}]', "3"])
def test_a_damaged_plan_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "plan-0000.json").write_text(content)
    with pytest.raises(DataError, match=r"plan-0000\.json.*damaged"):
        read_plan(tmp_path)
