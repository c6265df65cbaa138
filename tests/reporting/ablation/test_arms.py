"""Which runs are which level: a difference in one factor's keys alone; nothing is lost."""

from pathlib import Path

import pytest

from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.reporting.ablation.arms import Placed, place
from anomaly_fas.reporting.ablation.factor import Factor
from anomaly_fas.reporting.study import StudyRun
from tests.nonempty import nonempty
from tests.reporting.factor_study import BASE, PLAIN, PLAN, config, score_file

STUDY = Path("ablation")
BOTH = ("few_shot", "few_shot_1")


def base_runs() -> list[StudyRun]:
    return [StudyRun.of(score_file(STUDY, seed, scorers=BOTH), BASE) for seed in (0, 1)]


def levels(placed: Placed) -> dict[tuple[str, str | float], list[int]]:
    return {(arm.factor.name, arm.level): list(arm.files) for arm in placed.arms}


def test_a_run_is_the_level_of_the_factor_that_it_differs_in() -> None:
    runs = [
        *base_runs(),
        StudyRun.of(score_file(STUDY, 1, config_hash="dim"), config(head__dim=32)),
        StudyRun.of(score_file(STUDY, 0, config_hash="weight"), config(loss__weight=0.1)),
    ]
    found = levels(place(runs, PLAN))
    assert found == {
        ("loss", "objective"): [0, 1],
        ("lambda", 0.01): [0, 1],
        ("lambda", 0.1): [0],
        ("dim", 32): [1],
        ("dim", 512): [0, 1],
        ("pairs", 1): [0, 1],
        ("pairs", 256): [0, 1],
    }


def test_keys_that_change_with_a_factor_are_its_own_and_a_level_may_be_borrowed() -> None:
    other = config(**{**PLAIN, "loss.weight": None})
    runs = [*base_runs(), StudyRun.of(score_file(STUDY, 0, config_hash="plain"), other)]
    found = levels(place(runs, PLAN))
    assert found["loss", "plain"] == [0]
    assert found["lambda", 0] == [0]


def test_scorers_are_levels_of_the_base_run() -> None:
    arms = place(base_runs(), PLAN).arms
    assert {(arm.level, arm.scorer) for arm in arms if arm.factor.name == "pairs"} == {
        (1, "few_shot_1"),
        (256, "few_shot"),
    }
    assert {arm.scorer for arm in arms if arm.factor.name == "dim"} == {"few_shot"}


@pytest.mark.parametrize(
    "changes",
    [
        {"head.dim": 32, "loss.weight": 0.1},  # two factors
        {"head.dim": 64},  # no level that is known
        {"head.dim": 32, "epochs": 5},  # and something that is no factor
        {**PLAIN, "head.dim": 32},
    ],
)
def test_a_run_that_differs_otherwise_is_left_out_and_named(changes: dict[str, object]) -> None:
    runs = [*base_runs(), StudyRun.of(score_file(STUDY, 0, config_hash="odd"), config(**changes))]
    placed = place(runs, PLAN)
    assert placed.elsewhere == ("ablation/grandtest/odd/seed=0",)
    assert not any(
        file.facts.config_hash == "odd" for a in nonempty(placed.arms) for file in a.files.values()
    )


def test_what_is_missing_is_named_once() -> None:
    runs = [
        StudyRun.of(score_file(STUDY, 0), BASE),
        StudyRun.of(score_file(STUDY, 1, config_hash="dim"), config(head__dim=32)),
    ]
    assert place(runs, PLAN).missing == (
        "grandtest: the base, seed 1",
        "grandtest: loss plain, seeds 0, 1",
        "grandtest: λ 0.1, seeds 0, 1",
        "grandtest: D 32, seed 0",
        "grandtest: M 1, seed 0",  # the base was not scored by it; seed 1 is not there at all
    )
    other = score_file(STUDY, 0, protocol="lodo_one")
    assert place([StudyRun.of(other, BASE)], PLAN).missing[0] == "grandtest: every run"


def test_a_protocol_without_its_base_is_named_and_all_of_them_are_an_error() -> None:
    alone = StudyRun.of(score_file(STUDY, 0, protocol="lodo_one"), config(head__dim=32))
    placed = place([*base_runs(), alone], PLAN)
    assert "lodo one: the base, which all other runs are compared with" in placed.missing
    with pytest.raises(DataError, match=r"base value of every factor: .*lodo one"):
        place([alone], PLAN)


def test_two_bases_are_an_error_that_names_them() -> None:
    runs = [*base_runs(), StudyRun.of(score_file(STUDY, 0, config_hash="longer"), config(epochs=9))]
    with pytest.raises(DataError, match="base, longer"):
        place(runs, PLAN)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"label": "D", "base": 1, "levels": [2, 3], "key": "head.dim"}, "none of its levels"),
        ({"label": "D", "base": 1, "levels": [1]}, "either `key` or `scorers`"),
        ({"label": "D", "levels": [1], "key": "head.dim"}, "base not given"),
        ({"label": "D", "base": 1, "levels": [1], "kez": "head.dim"}, "unknown kez"),
        (
            {"label": "D", "base": 1, "levels": [1], "key": "k", "borrowed": {0: {"loss": "x"}}},
            "0 is none of its levels",
        ),
    ],
)
def test_a_factor_that_makes_no_sense_is_told(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Factor.of_config("dim", settings)
