"""Find the images of scored samples."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from hydra.errors import HydraException
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from anomaly_fas.errors import AnomalyFasError
from anomaly_fas.reporting.study import ScoreFile
from anomaly_fas.trust import require_trusted

# A config that is not one of ours fails in one of these ways, and pictures are optional.
_NOT_AT_HAND = (
    AnomalyFasError, HydraException, OmegaConfBaseException, OSError, AttributeError, TypeError,
    ValueError,
)  # fmt: skip

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SampleImages:
    """Get the first frames of samples.

    Args:
        data: config of the scored data; None for that of the run that wrote the score file.
        trusted_packages: packages of the user's own that such a config may build classes of.
    """

    data: DictConfig | None = None
    trusted_packages: Collection[str] = ()

    def __call__(self, file: ScoreFile, sample_ids: Sequence[str]) -> list[np.ndarray] | None:
        """Return images, uint8, shape [size, size, 3], or None if they are not available."""
        data = self.data or _data_of(file.path.with_name("config.yaml"))
        if data is None:
            return None
        opened = _open(OmegaConf.to_yaml(data, resolve=True), tuple(self.trusted_packages))
        if opened is None:
            return None
        source, rows = opened
        if any(sample_id not in rows for sample_id in sample_ids):
            return None
        return [source.frame(rows[sample_id], 0) for sample_id in sample_ids]


def _data_of(path: Path) -> DictConfig | None:
    if not path.exists():
        return None
    try:
        data = OmegaConf.select(OmegaConf.load(path), "data")
    except (OSError, YAMLError, OmegaConfBaseException):
        return None
    return data if isinstance(data, DictConfig) and "_target_" in data else None


@cache
def _open(data: str, trusted_packages: tuple[str, ...]) -> tuple[Any, dict[str, int]] | None:
    try:
        config = OmegaConf.create(data)
        require_trusted(config, "the config beside the scores", trusted_packages)
        source = instantiate(config)
        source.prepare()
    except _NOT_AT_HAND as error:
        _log.info("no pictures of errors, for the images are not at hand: %s", error)
        return None
    ids = source.annotations["sample_id"]
    return source, {str(sample_id): row for row, sample_id in enumerate(ids)}
