"""Spaces as YAML and the command line give them, and the values they lead to."""

import math
from typing import Any

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from hypothesis import given
from hypothesis import strategies as st
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from anomaly_fas.errors import ConfigError
from anomaly_fas.search.space import as_overrides, distributions, first_values


def test_each_kind_of_entry_is_read() -> None:
    space = {
        "optimizer.lr": {"low": 1e-4, "high": 0.1, "log": True},
        "loss.weight": {"low": 0, "high": 1.0},
        "sampler.batch_size": {"low": 16, "high": 64, "step": 16},
        "epochs": {"low": 1, "high": 8, "log": True},
        "loss.main.anchors": ["bona_fide", "both"],
        "init_from": [None],
    }
    assert distributions(space) == {
        "optimizer.lr": FloatDistribution(1e-4, 0.1, log=True),
        "loss.weight": FloatDistribution(0.0, 1.0),
        "sampler.batch_size": IntDistribution(16, 64, step=16),
        "epochs": IntDistribution(1, 8, log=True),
        "loss.main.anchors": CategoricalDistribution(["bona_fide", "both"]),
        "init_from": CategoricalDistribution([None]),
    }
    assert first_values(distributions(space)) == {
        "optimizer.lr": 1e-4, "loss.weight": 0.0, "sampler.batch_size": 16, "epochs": 1,
        "loss.main.anchors": "bona_fide", "init_from": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"low": 1.0}, "missing high"),
        ({"low": 1.0, "high": 2.0, "max": 3}, "unknown max"),
        ({"low": "a", "high": 2.0}, "numbers"),
        ({"low": True, "high": 2}, "numbers"),
        ({"low": 2.0, "high": 1.0}, "low <= high"),
        ({"low": 0.0, "high": 1.0, "log": True}, "low > 0"),
        ({"low": 1.0, "high": 2.0, "log": 1}, "true or false"),
        ({"low": 0.1, "high": 1.0, "log": True, "step": 0.1}, "step"),
        (3, "list of choices or a range"),
        ([], "list of choices"),
        ([[1, 2]], "quote"),
    ],
)
def test_an_entry_that_is_neither_is_named_with_its_key(entry: Any, fault: str) -> None:
    with pytest.raises(ConfigError, match=f"loss.weight: .*{fault}"):
        distributions({"epochs": [1], "loss.weight": entry})


def test_all_faulty_entries_are_named_at_once() -> None:
    with pytest.raises(ConfigError, match=r"a: .*; b: "):
        distributions({"a": 1, "b": 2, "c": [3]})


def test_an_empty_space_says_how_to_give_one() -> None:
    with pytest.raises(ConfigError, match=r"search\.space=objective"):
        distributions({})


@given(
    st.floats(allow_nan=False, allow_infinity=False)
    | st.integers(-(10**9), 10**9)
    | st.booleans()
    | st.none()
    | st.from_regex(r"[a-z][a-z_0-9]{0,20}", fullmatch=True)
)
def test_hydra_reads_a_value_as_what_it_is(value: Any) -> None:
    (override,) = as_overrides({"some.key": value})
    read = OverridesParser.create().parse_override(override)
    assert read.key_or_group == "some.key"
    if isinstance(value, str) and value in {"null", "true", "false", "nan", "inf", "on", "off"}:
        return  # such a word has to be quoted in the space
    assert read.value() == value
    assert type(read.value()) is type(value)
    assert not isinstance(value, float) or math.copysign(1, value) == math.copysign(1, read.value())
