"""Look up the classes that configs name, and check that they fit together."""

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from hydra.utils import get_class, get_object
from omegaconf import DictConfig, OmegaConf

from anomaly_fas.config_folder import config_dir
from anomaly_fas.errors import ConfigError
from anomaly_fas.output import EMBEDDING, Part
from anomaly_fas.protocols.protocol import PadProtocol

_NEEDED: Final = {"float": "a number", "int": "a whole number", "bool": "true or false"}
_OTHER: Final = {"str", "Any", "object", "Literal", "Path"}
"""Names in the annotation of an argument that may be text."""


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


def argument_faults(config: DictConfig, overrides: Iterable[str]) -> Iterator[str]:
    """Name the overrides that give text or a truth value to an argument that takes a number.

    Args:
        config: config that the overrides led to.
        overrides: arguments in Hydra's grammar.
    """
    for override in overrides:
        key = override.lstrip("+").partition("=")[0]
        parent, _, name = key.rpartition(".")
        if not parent or set(key) & set("~@/"):
            continue
        node, value = OmegaConf.select(config, parent), OmegaConf.select(config, key)
        # Classes are imported for a suspicious value only: most stand on torch.
        if isinstance(value, str | bool) and OmegaConf.is_dict(node) and "_target_" in node:
            needed = _needed(node["_target_"], name, value)
            if needed:
                yield f"{key}={value}: {needed} is needed"


def _needed(target: str, name: str, value: str | bool) -> str:
    """Describe what the annotation of an argument asks for; empty if the value may fit."""
    try:
        annotation = inspect.signature(get_object(target)).parameters[name].annotation
    except Exception:  # of any kind: building the class meets it again, and Hydra reports it
        return ""
    names = set(re.findall(r"\w+", inspect.formatannotation(annotation)))
    if names & _OTHER or (isinstance(value, bool) and "bool" in names):
        return ""
    return next((needed for kind, needed in _NEEDED.items() if kind in names), "")
