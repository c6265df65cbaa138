"""Which runs are compared: families of protocols, variants, and methods of several configs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from anomaly_fas.dotted_names import is_below
from anomaly_fas.errors import DataError
from anomaly_fas.reporting.compare.groups import Condition, Group, Rules, grouped
from anomaly_fas.reporting.study import StudyRun
from tests.reporting.compared_study import study_run

if TYPE_CHECKING:
    from anomaly_fas.reporting.compare.groups import Runs

RULES = Rules(apart=("folds", "number"), everywhere=("svm",))

LITE = {"model.backbone": "tf_lite0", "model.pretrained": False}
lite = partial(study_run, config=LITE, variant="lite0")
usual = partial(study_run, variant="resnet18")


def without(node: str, run: StudyRun) -> StudyRun:
    """The run without a part of its config."""
    config = {key: value for key, value in run.config.items() if not is_below(key, [node])}
    return StudyRun.of(run.scores, config)


def titles(runs: list[StudyRun], rules: Rules = RULES) -> dict[str, list[str]]:
    """Title of each group to its methods."""
    return {group.title: sorted(methods) for group, methods in grouped(runs, rules).items()}


def only(runs: Runs) -> tuple[Group, dict[str, dict[Condition, str]]]:
    ((group, methods),) = runs.items()
    return group, {
        name: {condition: file.path.parts[2] for condition, file in conditions.items()}
        for name, conditions in methods.items()
    }


def test_folds_are_one_family_and_each_run_has_its_condition() -> None:
    runs = [study_run(name, fold, seed) for name in "ab" for fold in (0, 1) for seed in (0, 1)]
    group, methods = only(grouped(runs, RULES))
    assert group == Group("folds", "leak_free", "real", "")
    assert group.title == "folds, real"
    assert set(methods) == {"a", "b"}
    for name, cells in methods.items():
        assert set(cells) == {Condition(f"folds_{f}", s) for f in (0, 1) for s in (0, 1)}
        assert all(folder.startswith(f"{name}-") for folder in cells.values())


def test_other_protocols_lists_and_kinds_of_data_are_compared_apart() -> None:
    target = {"protocol._target_": "anomaly_fas.protocols.unseen_attack.UnseenAttack"}
    found = titles(
        [
            study_run(),
            study_run(config=target, protocol="unseen_attack_mask"),
            study_run(lists="official"),
            study_run(data_kind="simulated"),
        ]
    )
    assert set(found) == {
        "folds, real", "unseen_attack, real", "folds, official lists, real", "folds, simulated",
    }  # fmt: skip


def test_parameters_that_set_families_apart_name_them() -> None:
    runs = [study_run(config={"protocol.folds": folds}) for folds in (3, 5)]
    assert set(titles(runs)) == {"folds folds=3, real", "folds folds=5, real"}
    assert set(titles(runs[:1])) == {"folds, real"}


def test_networks_are_variants_with_the_name_stored_in_the_run() -> None:
    found = titles([usual("a"), lite("a"), usual("b")])
    assert found == {"folds, lite0, real": ["a"], "folds, resnet18, real": ["a", "b"]}


def test_a_method_that_is_everywhere_or_has_no_network_is_in_each_variant() -> None:
    svm = usual("svm")
    lbp = without("model", study_run("lbp"))
    found = titles([usual("a"), lite("a"), svm, lbp])
    assert found == {
        "folds, lite0, real": ["a", "lbp", "svm"], "folds, resnet18, real": ["a", "lbp", "svm"],
    }  # fmt: skip
    assert titles([svm, lbp]) == {"folds, real": ["lbp", "svm"]}


@pytest.mark.parametrize("losses", ["a", "ab"])
def test_what_goes_with_a_variant_makes_no_other_method(losses: str) -> None:
    sizes = (112, 80)
    networks = [
        study_run(loss, fold, config=network | {"image_size": size})
        for loss in losses
        for fold in (0, 1)
        for size, network in zip(sizes, ({}, LITE), strict=True)
    ]
    classical = [
        without("model", without("loss", study_run("lbp", fold, config={"image_size": size})))
        for fold in (0, 1)
        for size in sizes
    ]
    found = grouped([*networks, *classical], RULES)
    assert [sorted(methods) for methods in found.values()] == [[*losses, "lbp"]] * 2
    folders = [
        {file.path.parts[-3] for file in methods["lbp"].values()} for methods in found.values()
    ]
    assert len(found) == 2
    assert not folders[0] & folders[1]
    assert all(len(methods["lbp"]) == 2 for methods in found.values())


def test_a_method_without_runs_of_a_variants_settings_is_in_it_as_it_is() -> None:
    svm = study_run("svm", config={"image_size": 64})
    found = titles([study_run("a", config={"image_size": 112}), svm])
    assert found == {"folds, real": ["a", "svm"]}


def test_configs_of_a_method_are_named_by_what_was_changed() -> None:
    shared = "trainer.max_steps=50"
    runs = [
        study_run("a", config={"loss.weight": weight}, changes=(shared, f"loss.weight={weight}"))
        for weight in (0.1, 1)
    ]
    assert titles([*runs, study_run("b")]) == {
        "folds, real": ["a loss.weight=0.1", "a loss.weight=1", "b"]
    }


def test_changes_that_do_not_tell_or_are_long_give_way_to_a_digest() -> None:
    same = [study_run("a", config={"version": number}) for number in (1, 2)]
    (names,) = titles(same).values()
    assert len(set(names)) == 2
    assert all(len(name) == len("a ") + 8 for name in names)
    long = tuple(f"transform.some_long_name_{number}=0.123456" for number in range(4))
    runs = [study_run("a", config={"x": 1}, changes=long), study_run("a")]
    (names,) = titles(runs).values()
    assert names[0] == "a"  # the one of which nothing was changed
    assert len(names[1]) == len("a ") + 8


def test_what_is_set_for_the_protocol_or_the_variant_makes_no_other_method() -> None:
    runs = [
        study_run("a", fold, changes=("protocol=folds", f"protocol.fold={fold}", "seed=0"))
        for fold in (0, 1)
    ]
    assert titles(runs) == {"folds, real": ["a"]}


def test_two_runs_that_nothing_sets_apart_are_an_error() -> None:
    runs = [study_run("a", config={"protocol.share": share}) for share in (0.1, 0.2)]
    with pytest.raises(DataError, match="same protocol, method and seed") as raised:
        grouped(runs, RULES)
    for run in runs:
        assert str(run.scores.path) in str(raised.value)
    found = titles(runs, Rules(apart=("share",)))
    assert set(found) == {"folds share=0.1, real", "folds share=0.2, real"}


def network(name: str, epochs: int = 1, **settings: object) -> StudyRun:
    """A run of a method that is named after what sets it apart, without a stored variant."""
    config = {"model.backbone": name, "model.pretrained": False, "epochs": epochs}
    return study_run("a", config=config | {f"model.{key}": own for key, own in settings.items()})


def variants(*runs: StudyRun, nodes: tuple[str, ...] = ("model",)) -> list[str]:
    return [group.variant for group in grouped(runs, Rules(variants=nodes))]


def test_a_single_variant_has_no_name() -> None:
    assert variants(network("a")) == [""]


def test_a_variant_is_named_by_a_single_value_that_tells() -> None:
    assert variants(network("a"), network("b", frozen=1), network("c")) == ["a", "b", "c"]
    assert variants(network("a", frozen=0), network("a", frozen=2)) == ["frozen=0", "frozen=2"]


def test_where_no_single_value_tells_all_that_differ_are_named() -> None:
    found = variants(*(network(name, frozen=frozen) for name in "ab" for frozen in (1, 2)))
    assert found == ["a, frozen=1", "a, frozen=2", "b, frozen=1", "b, frozen=2"]


def test_several_nodes_make_a_name_together() -> None:
    runs = [network(name, epochs) for name in ("a", "b") for epochs in (1, 2)]
    found = variants(*runs, nodes=("model", "epochs"))
    assert found == ["a, epochs=1", "a, epochs=2", "b, epochs=1", "b, epochs=2"]
