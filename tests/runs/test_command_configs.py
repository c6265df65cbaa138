"""Types and ranges of what the commands take."""

from typing import Any

import pytest
from omegaconf import DictConfig

from anomaly_fas import cli
from anomaly_fas.errors import ConfigError
from anomaly_fas.runs.command_configs import check_values
from anomaly_fas.runs.composition import composed


def changed(command: str, **values: Any) -> DictConfig:
    """The defaults of a command with other values, which need not be valid."""
    config = composed(command)
    config.update(values)
    return config


@pytest.mark.parametrize("threshold", ["eer", "bpcer_10", 0.5, 1, float("inf")])
def test_a_threshold_is_a_name_or_a_value(threshold: object) -> None:
    check_values(changed("report", threshold=threshold), "report")


@pytest.mark.parametrize("threshold", ["bpcer_2", None, True, float("nan")])
def test_any_other_threshold_is_refused_with_the_choices(threshold: object) -> None:
    with pytest.raises(ConfigError, match=rf"threshold={threshold}: choose one of eer, bpcer_1"):
        check_values(changed("report", threshold=threshold), "report")


def test_all_faults_are_named_with_their_values() -> None:
    config = changed("compare", replicates=True, seed=-1, scorers="some")
    with pytest.raises(ConfigError) as error:
        check_values(config, "compare")
    assert str(error.value) == (
        "replicates=True: a whole number of 2 or more is needed; "
        "seed=-1: a whole number of 0 or more is needed; "
        "scorers=some: choose one of first, all"
    )


@pytest.mark.parametrize("command", ["ablation", "compare"])
@pytest.mark.parametrize(
    ("replicates", "seed", "message"),
    [(1, 0, "replicates=1: .* of 2"), (2, -1, "seed=-1: .* of 0")],
)
def test_a_bootstrap_of_nothing_is_refused(
    command: str, replicates: int, seed: int, message: str
) -> None:
    config = composed(command)
    config.replicates, config.seed = replicates, seed
    with pytest.raises(ConfigError, match=message):
        check_values(config, command)


COMMANDS = [*cli.COMMANDS, "audit"]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_defaults_of_a_command_are_what_it_takes(command: str) -> None:
    check_values(composed(command), command)


def test_lists_are_checked_entry_by_entry() -> None:
    config = composed("shots")
    config.shots, config.strengths = [1, 0], [1, "big"]
    with pytest.raises(ConfigError, match=r"shots=\[1, 0\]: .*; strengths=\[1, 'big'\]: "):
        check_values(config, "shots")


def test_none_is_a_value_only_where_it_means_something() -> None:
    config = composed("prepare", ["processes=null"])
    check_values(config, "prepare")
    config.contact_sheet_columns = None
    with pytest.raises(ConfigError, match="contact_sheet_columns=None: a whole number of 1"):
        check_values(config, "prepare")
