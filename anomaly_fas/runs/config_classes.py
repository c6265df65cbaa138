"""Look up the classes that configs name, and check that they fit together."""

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
    from anomaly_fas.protocols.protocol import PadProtocol


def families() -> list[type[PadProtocol]]:
    """Return the class of every file in `conf/protocol/`, the simplest first."""
    targets = _targets("protocol").values()
    return [
        get_class(target) for target in sorted(targets, key=lambda t: ("grandtest" not in t, t))
    ]


def require_compatible(config: Mapping[str, Any] | DictConfig) -> None:
    """Check the head of a run against its loss and its scorers, by their classes alone.

    Raises:
        ConfigError: the head lacks a part of the output that the loss or a scorer requires.
    """
    nodes = {f"loss={config['method']}": config["loss"]} if "loss" in config else {}
    nodes |= {f"scorer={name}": node for name, node in config["scorer"].items()}
    requirements = {name: _parts(node["_target_"], "requires") for name, node in nodes.items()}
    given = _parts(config["head"]["_target_"], "gives")
    for name, required in requirements.items():
        missing = required - given
        if missing:
            heads = [
                head
                for head, target in _targets("head").items()
                if required <= _parts(target, "gives")
            ]
            raise ConfigError(
                f"{name} needs a head that gives a {' and a '.join(sorted(missing))}: choose "
                f"head=… from {', '.join(heads)}, or a head of your own that lists it in `gives`"
            )


def _parts(target: str, attribute: str) -> frozenset[Part]:
    """Return the parts of the output that a class declares; by default the embedding."""
    parts: frozenset[Part] = getattr(get_class(target), attribute, EMBEDDING)
    return parts


def _targets(group: str) -> dict[str, str]:
    """Return the class that each file of a config group names."""
    files = sorted((config_dir() / group).glob("*.yaml"))
    targets = {file.stem: OmegaConf.select(OmegaConf.load(file), "_target_") for file in files}
    return {name: str(target) for name, target in targets.items() if target}
