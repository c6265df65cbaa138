"""The protocols that `conf/protocol/` offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hydra.utils import get_class
from omegaconf import OmegaConf

from anomaly_fas.config_folder import config_dir

if TYPE_CHECKING:
    from anomaly_fas.protocols.protocol import PadProtocol


def families() -> list[type[PadProtocol]]:
    """Return the class of every file in `conf/protocol/`, the simplest first."""
    files = (config_dir() / "protocol").glob("*.yaml")
    targets = [str(OmegaConf.select(OmegaConf.load(file), "_target_")) for file in files]
    first = "grandtest"
    return [get_class(target) for target in sorted(targets, key=lambda t: (first not in t, t))]
