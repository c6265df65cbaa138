"""Configs as files: what a job of a sweep and the ranks of a run start from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from anomaly_fas.config_folder import config_dir
from anomaly_fas.errors import DataError
from anomaly_fas.files import atomic_path
from anomaly_fas.runs.folder import hashed_part, plain

if TYPE_CHECKING:
    from pathlib import Path

    from omegaconf import DictConfig


def save(config: DictConfig, path: Path) -> None:
    """Write a config as plain values.

    Raises:
        RunError: it cannot be written.
    """
    with atomic_path(path) as temporary:
        OmegaConf.save(OmegaConf.create(plain(config)), temporary)


def use_here(saved: DictConfig, here: DictConfig) -> None:
    """Give a saved config the machine and places of another, but for places the other lacks.

    Args:
        saved: config of a run, changed in place.
        here: config of a command.
    """
    saved.runtime = here.runtime
    places = OmegaConf.to_container(here.paths, resolve=True)
    saved.paths = OmegaConf.merge(saved.paths, _given(places))


def _given(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    return {key: _given(value) for key, value in node.items() if value not in (None, "???")}


def arguments(path: Path) -> list[str]:
    """What follows `anomaly-fas train` to run exactly the config of a file.

    Nothing is composed again: neither the command line that the config came from nor what has
    changed in `conf/` since then counts.

    Args:
        path: written by `save`, or the `config.yaml` of a run folder.
    """
    where = path.resolve()
    return [
        f"--config-path={where.parent}",
        f"--config-name={where.stem}",
        f"hydra.searchpath=['file://{config_dir()}']",
        "hydra/job_logging=plain",
        "hydra/hydra_logging=plain",
        "hydra.run.dir=.",
        "hydra.output_subdir=null",
    ]


def counted(folder: Path) -> dict[str, Any]:
    """What counts of the config of a finished run, flat: dotted key to value.

    Raises:
        DataError: the folder's `config.yaml` is missing or damaged.
    """
    try:
        saved = OmegaConf.to_container(OmegaConf.load(folder / "config.yaml"))
    except (OSError, ValueError, YAMLError, OmegaConfBaseException) as error:
        raise DataError(f"cannot read the config of {folder}: {error}") from error
    if not isinstance(saved, dict):
        raise DataError(f"{folder / 'config.yaml'} is not a run's config")
    return hashed_part({str(key): value for key, value in saved.items()})
