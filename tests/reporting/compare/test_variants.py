"""Variants have one name each, however their runs came to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anomaly_fas.reporting.compare.variants import Variants
from tests.reporting.compared_study import study_run

if TYPE_CHECKING:
    from anomaly_fas.reporting.compare.runs import StudyRun


def named(*runs: StudyRun, nodes: tuple[str, ...] = ("model",)) -> list[set[str]]:
    variants = Variants(runs, nodes, everywhere=())
    return [variants.of(run) for run in runs]


def network(name: str, *changes: str, **settings: object) -> StudyRun:
    config = {"model.backbone": name} | {f"model.{key}": own for key, own in settings.items()}
    return study_run(config=config, changes=changes)


def test_a_single_variant_has_no_name() -> None:
    assert named(network("a", "model=one"), network("a")) == [{""}, {""}]


def test_a_network_that_was_named_once_is_called_so_by_all_its_runs() -> None:
    found = named(network("a", "model=one"), network("a"), network("b", "model=two"))
    assert found == [{"one"}, {"one"}, {"two"}]


def test_one_that_nobody_named_is_called_by_a_value_that_tells() -> None:
    found = named(network("a"), network("b", "model=two"), network("c"))
    assert found == [{"backbone=a"}, {"two"}, {"backbone=c"}]


def test_an_option_that_was_changed_further_is_told_apart_from_itself() -> None:
    found = named(
        network("a", "model=one", frozen=0),
        network("a", "model=one", "model.frozen=2", frozen=2),
    )
    assert found == [{"frozen=0"}, {"frozen=2"}]


def test_where_no_single_value_tells_all_that_differ_are_named() -> None:
    found = named(*(network(name, frozen=frozen) for name in "ab" for frozen in (0, 2)))
    assert found == [
        {"backbone=a, frozen=0"}, {"backbone=a, frozen=2"},
        {"backbone=b, frozen=0"}, {"backbone=b, frozen=2"},
    ]  # fmt: skip


def test_a_file_or_a_mapping_is_no_name() -> None:
    found = named(network("a", "model=/some/where"), network("b", "model={backbone:b}"))
    assert found == [{"backbone=a"}, {"backbone=b"}]


def test_several_nodes_make_a_name_together() -> None:
    runs = [
        study_run(config={"model.backbone": name, "epochs": epochs}, changes=(f"model={name}",))
        for name in ("a", "b")
        for epochs in (1, 2)
    ]
    assert named(*runs, nodes=("model", "epochs"))[3] == {"b, epochs=2"}
