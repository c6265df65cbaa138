"""Checks that the command line gives numbers where the config has numbers."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from hydra import compose
from hydra.core.hydra_config import HydraConfig
from omegaconf import OmegaConf

from anomaly_fas.errors import ConfigError
from anomaly_fas.runs.override_keys import refuse_renamed_in

if TYPE_CHECKING:
    from omegaconf import DictConfig


def check_value_types(config: DictConfig) -> None:
    """Compare what the command line set with what it took the place of.

    Raises:
        ConfigError: a config file sets a key that has another name now, or a number or a truth
            value was replaced by something else; all are named.
    """
    refuse_renamed_in(config)
    settings = HydraConfig.get()
    groups = set(settings.runtime.choices)
    plain = {}
    others = []
    for override in settings.overrides.task:
        key = override.partition("=")[0]
        if key in groups or key.startswith(("+", "~")):
            others.append(override)
        else:
            plain[key] = OmegaConf.select(config, key)
    if not plain:
        return
    defaults = _defaults(settings.job.config_name, tuple(others))
    faults = [
        f"{key}={value}: {expected} is expected, as in the default {key}={default}"
        for key, value in plain.items()
        if (expected := _expected(default := _node(defaults, key), value))
    ]
    if faults:
        raise ConfigError("; ".join(faults))


@lru_cache(maxsize=128)  # the runs of a sweep ask for few
def _defaults(config_name: str, overrides: tuple[str, ...]) -> DictConfig:
    return compose(config_name, list(overrides))


def _node(defaults: DictConfig, key: str) -> object:
    return OmegaConf.select(defaults, key, throw_on_missing=False)


def _expected(default: object, value: object) -> str:
    """What the value should have been, empty if it may be what it is."""
    if isinstance(default, bool):
        return "" if isinstance(value, bool) else "true or false"
    if isinstance(default, int) and isinstance(value, str | bool):
        return "a whole number"
    if isinstance(default, float) and isinstance(value, str | bool):
        return "a number"
    return ""
