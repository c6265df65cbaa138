"""Compose a command's config outside of its command line."""

import copy
from collections.abc import Sequence
from contextlib import nullcontext

from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf, open_dict

from anomaly_fas.config_folder import config_dir, config_name
from anomaly_fas.loggers.wandb_state import is_offline


def register_resolvers() -> None:
    """Let configs say `${wandb_offline:}` and `${chosen:GROUP,GROUP}`."""
    OmegaConf.register_new_resolver("wandb_offline", is_offline, replace=True)
    OmegaConf.register_new_resolver("chosen", _chosen, replace=True)


def _chosen(*groups: str) -> str:
    """Return the file chosen in the first of the groups that has one."""
    choices = HydraConfig.get().runtime.choices
    return next(str(choices[group]) for group in groups if choices.get(group))


def composed(command: str, overrides: Sequence[str] = ()) -> DictConfig:
    """Compose the config that a command line leads to, without Hydra's part.

    Args:
        command: subcommand, such as `train`.
        overrides: arguments in Hydra's grammar.

    Raises:
        HydraException: the overrides make no config.
    """
    return task_config(composed_with_hydra(command, overrides))


def composed_with_hydra(command: str, overrides: Sequence[str] = ()) -> DictConfig:
    """Compose as `composed` does, with Hydra's part in the key `hydra`."""
    register_resolvers()
    is_running = GlobalHydra.instance().is_initialized()
    folder = str(config_dir())
    with nullcontext() if is_running else initialize_config_dir(folder, version_base="1.3"):
        config = compose(config_name(command), list(overrides), return_hydra_config=True)
    _fill_in_method(config)
    return config


def task_config(config: DictConfig) -> DictConfig:
    """Copy a composed config without Hydra's part, with what was chosen filled in."""
    task = copy.deepcopy(config)
    _fill_in_method(task)
    with open_dict(task):
        del task["hydra"]
    return task


def _fill_in_method(config: DictConfig) -> None:
    if "method" in config.keys() and OmegaConf.is_interpolation(config, "method"):  # noqa: SIM118
        choices = config.hydra.runtime.choices
        config.method = choices.get("baseline") or choices["loss"]
