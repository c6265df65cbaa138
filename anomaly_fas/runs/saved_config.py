"""Configs as files: what a job of a sweep and the ranks of a run start from."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from hydra.errors import InstantiationException
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from anomaly_fas.config_folder import config_dir
from anomaly_fas.errors import AnomalyFasError, DataError
from anomaly_fas.files import atomic_path
from anomaly_fas.runs.folder import hashed_part, plain
from anomaly_fas.runs.outcome import mistake
from anomaly_fas.types import Split

_log = logging.getLogger(__name__)


def save(config: DictConfig, path: Path) -> None:
    """Write a config as plain values.

    Raises:
        RunError: it cannot be written.
    """
    with atomic_path(path) as temporary:
        OmegaConf.save(OmegaConf.create(plain(config)), temporary)


def use_here(saved: DictConfig, here: DictConfig) -> None:
    """Give a run's saved config the runtime of a command, and those of its paths that are set."""
    saved.runtime = here.runtime
    places = OmegaConf.to_container(here.paths, resolve=True)
    saved.paths = OmegaConf.merge(saved.paths, _given(places))


def _given(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    return {key: _given(value) for key, value in node.items() if value not in (None, "???")}


def arguments(path: Path) -> list[str]:
    """Return the arguments of `anomaly-fas train` that run exactly the config of a file.

    Nothing is composed again, so changes in `conf/` since then do not count.
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
    """Read what counts of the config of a finished run, flat: dotted key to value.

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


def known_subjects(run: Path, saved: Mapping[str, Any], rows: pd.DataFrame) -> list[str]:
    """List the subjects of `rows` that a run was trained on, as dataset/subject, in order.

    Where the run's own data are gone, warn and return none.

    Args:
        run: path of the run or its checkpoint, for the message.
        saved: config of the run.
        rows: annotations of samples.
    """
    from anomaly_fas.data.source import select_from
    from anomaly_fas.protocols.selection import subject_keys

    try:
        config = OmegaConf.create(dict(saved))
        protocol, source = instantiate(config.protocol), instantiate(config.data)
        chosen = select_from(source, protocol, saved["lists"], needed=())[Split.TRAIN]
    except (AnomalyFasError, InstantiationException) as error:  # the latter of data that is gone
        _log.warning("cannot tell whom %s was trained on: %s", run, mistake(error))
        return []
    trained, asked = (set(subject_keys(r)) for r in (source.annotations.iloc[chosen], rows))
    return sorted(trained & asked - {""})
