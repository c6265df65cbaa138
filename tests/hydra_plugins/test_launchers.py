"""Hydra finds the launchers among its plugins."""

import pytest
from hydra.core.plugins import Plugins
from hydra.plugins.launcher import Launcher
from hydra.utils import get_class


@pytest.mark.parametrize("name", ["Local", "Submitit", "Ray"])
def test_hydra_finds_it(name: str) -> None:
    target = f"hydra_plugins.anomaly_fas.launchers.{name}Launcher"
    assert get_class(target) in Plugins.instance().discover(Launcher)
