"""Check that a head gives what the loss and the scorers of a run require."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hydra.utils import get_class
from omegaconf import OmegaConf

from anomaly_fas.config_folder import config_dir
from anomaly_fas.errors import ConfigError
from anomaly_fas.output import EMBEDDING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from omegaconf import DictConfig

    from anomaly_fas.output import Part


def require_compatible(config: Mapping[str, Any] | DictConfig) -> None:
    """Check the head of a run against its loss and its scorers, by their classes alone.

    Raises:
        ConfigError: the head lacks a part of the output that the loss or a scorer requires.
    """
    nodes = {f"loss={config['method']}": config["loss"]} if "loss" in config else {}
    nodes |= {f"scorer={name}": node for name, node in config["scorer"].items()}
    requirements = {name: _attribute(node, "requires") for name, node in nodes.items()}
    given = _attribute(config["head"], "gives")
    for name, required in requirements.items():
        missing = required - given
        if missing:
            heads = ", ".join(_heads_giving(required))
            raise ConfigError(
                f"{name} needs a head that gives a {' and a '.join(sorted(missing))}: "
                f"choose head=… from {heads}"
            )


def _attribute(node: Mapping[str, Any], name: str) -> frozenset[Part]:
    """Return what the class of a config node declares; by default the embedding."""
    parts: frozenset[Part] = getattr(get_class(node["_target_"]), name, EMBEDDING)
    return parts


def _heads_giving(required: frozenset[Part]) -> list[str]:
    files = sorted((config_dir() / "head").glob("*.yaml"))
    nodes = {file.stem: OmegaConf.load(file) for file in files}
    return [
        name
        for name, node in nodes.items()
        if "_target_" in node and required <= _attribute(node, "gives")  # type: ignore[arg-type]
    ]
