"""The learning rate of several processes."""

import pytest

from anomaly_fas.errors import ConfigError
from anomaly_fas.training.optimization import lr_factor


@pytest.mark.parametrize(("scaling", "factor"), [("none", 1.0), ("linear", 8.0), ("sqrt", 8**0.5)])
def test_the_rule_says_how_the_rate_follows_the_processes(scaling: str, factor: float) -> None:
    assert lr_factor(scaling, 8) == pytest.approx(factor)  # type: ignore[arg-type]
    assert lr_factor(scaling, 1) == 1.0  # type: ignore[arg-type]


def test_an_unknown_rule_is_named() -> None:
    with pytest.raises(ConfigError, match=r"lr_scaling='cubic': choose one of none, linear, sqrt"):
        lr_factor("cubic", 2)  # type: ignore[arg-type]
