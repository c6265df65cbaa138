"""What is compared side by side: only methods that have all of the same runs."""

from __future__ import annotations

from anomaly_fas.reporting.compare.blocks import Block, Trained, blocks, missing
from anomaly_fas.reporting.compare.groups import Condition, Group
from tests.reporting.compared_study import study_run

GROUP = Group("folds", "leak_free", "real", "")
FILE = study_run().scores


def trained(*folds: int, seeds: tuple[int, ...] = (0,)) -> Trained:
    return {Condition(f"folds_{fold}", seed): FILE for fold in folds for seed in seeds}


def seen(made: list[Block]) -> list[tuple[int, tuple[int, ...], str]]:
    """Number of protocols, seeds and methods of each block."""
    return [(len(own.protocols), own.seeds, " ".join(own.methods)) for own in made]


def test_equal_methods_are_one_block_with_all_their_runs() -> None:
    (block,) = blocks(GROUP, {"a": trained(0, 1, seeds=(0, 1)), "b": trained(0, 1, seeds=(1, 0))})
    assert block.protocols == ("folds_0", "folds_1")
    assert block.title == "folds, real: 2 protocols, seeds 0, 1"
    assert set(block.methods["b"]) == {Condition(f"folds_{f}", s) for f in (0, 1) for s in (0, 1)}


def test_methods_with_more_seeds_have_a_block_more() -> None:
    methods = {
        "a": trained(0, 1, seeds=(0, 1, 2)),
        "b": trained(0, 1),
        "c": trained(0, 1, seeds=(0, 1, 2)),
    }
    made = blocks(GROUP, methods)
    assert seen(made) == [(2, (0, 1, 2), "a c"), (2, (0,), "a b c")]
    assert set(made[1].methods["a"]) == {Condition("folds_0", 0), Condition("folds_1", 0)}


def test_a_method_with_more_seeds_than_all_others_has_no_block_alone() -> None:
    made = blocks(GROUP, {"a": trained(0, seeds=(0, 1)), "b": trained(0)})
    assert seen(made) == [(1, (0,), "a b")]
    assert seen(blocks(GROUP, {"a": trained(0, seeds=(0, 1))})) == [(1, (0, 1), "a")]


def test_seeds_that_two_have_in_common_are_found_if_neither_has_those_alone() -> None:
    made = blocks(GROUP, {"a": trained(0, 1, seeds=(0, 1)), "b": trained(0, 1, seeds=(0, 2))})
    assert seen(made) == [(2, (0,), "a b")]


def test_a_method_that_lacks_a_protocol_is_compared_on_the_others() -> None:
    made = blocks(GROUP, {"a": trained(0, 1, 2), "b": trained(0, 1, 2), "c": trained(0, 2)})
    assert seen(made) == [(3, (0,), "a b"), (2, (0,), "a b c")]
    assert made[1].title == "folds, real: 2 protocols (without folds_1), seed 0"


def test_seeds_that_are_not_complete_are_left_out() -> None:
    whole, broken = trained(0, 1, seeds=(0, 1)), trained(0, 1) | trained(0, seeds=(1,))
    made = blocks(GROUP, {"a": whole, "b": broken})
    assert seen(made) == [(2, (0,), "a b")]


def test_a_method_without_a_whole_seed_is_compared_where_it_has_most() -> None:
    ragged = trained(0, seeds=(0,)) | trained(1, seeds=(1,))
    made = blocks(GROUP, {"a": trained(0, 1, seeds=(0, 1)), "b": ragged})
    assert (1, (0,), "a b") in seen(made)


def test_runs_that_are_missing_are_named() -> None:
    methods = {"a": trained(0, 1, seeds=(0, 1)), "b": trained(0, 1), "c": trained(0, seeds=(0, 1))}
    assert missing(GROUP, methods) == ["folds, real: c, folds_1, seeds 0, 1"]
    assert missing(GROUP, {"a": trained(0), "b": trained(0), "c": trained(0, seeds=(1,))}) == [
        "folds, real: c, folds_0, seed 0"
    ]
    assert missing(GROUP, {"a": trained(0)}) == []
