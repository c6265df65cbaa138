"""Check what a config from elsewhere would build."""

import importlib
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from omegaconf import OmegaConf

from anomaly_fas.config_folder import config_dir
from anomaly_fas.dotted_names import is_below
from anomaly_fas.errors import CheckpointError

_OWN: Final = ("anomaly_fas.models", "anomaly_fas.scorers")
"""Packages whose classes any checkpoint may build: reading all of `conf/` takes a second."""


def require_trusted(config: Any, source: object, trusted_packages: Collection[str] = ()) -> None:
    """Check every `_target_` of a config that comes with a run or a checkpoint.

    A target is trusted if a file in `conf/` names it, or if it is a class that a trusted package,
    or this one's models or scorers, define. Nothing is imported from any other package.

    Args:
        config: plain config, or OmegaConf's.
        source: file that the config comes from, for the message.
        trusted_packages: importable names of packages that the user trusts.

    Raises:
        CheckpointError: the config asks for anything else, or for a class of an earlier version.
    """
    plain = OmegaConf.to_container(config) if OmegaConf.is_config(config) else config
    trusted = [trusted_packages] if isinstance(trusted_packages, str) else trusted_packages
    others = {target for target in _targets(plain) if not _is_class_of(target, (*_OWN, *trusted))}
    unusable = sorted(others - _configured()) if others else []
    foreign = [target for target in unusable if not is_below(target, trusted)]
    moved = [
        name for name in foreign if is_below(name, ["anomaly_fas"]) and _imported(name) is None
    ]
    if moved:
        raise CheckpointError(
            f"{source} asks for {', '.join(moved)}, which this version of anomaly_fas does not "
            "have: the run was made by an earlier version. Evaluate its scores by `anomaly-fas "
            f"evaluate scores={_run_of(source)}/scores.parquet`, or train it again"
        )
    if foreign:
        packages = sorted({target.partition(".")[0] for target in foreign})
        raise CheckpointError(
            f"{source} asks for {', '.join(foreign)}, which no file in conf/ names. If you trust "
            f"its author, repeat the command with trusted_packages=[{','.join(packages)}]"
        )
    if unusable:
        raise CheckpointError(
            f"{source} asks for {', '.join(unusable)}, which is no class that the trusted packages "
            "define: is their folder on PYTHONPATH, and does the class still have this name?"
        )


@cache
def _configured() -> frozenset[str]:
    files = config_dir().rglob("*.yaml")
    return frozenset(
        target
        for file in files
        for target in _targets(OmegaConf.to_container(OmegaConf.load(file)))
    )


def _imported(target: str) -> Any:
    """Import what a dotted name stands for; None if there is no such thing."""
    module, _, name = target.rpartition(".")
    try:
        return getattr(importlib.import_module(module), name, None)
    except ImportError:
        return None


def _run_of(source: object) -> object:
    """Return the run folder that a checkpoint lies in, or a word for it."""
    is_checkpoint = isinstance(source, Path) and source.parent.name == "checkpoints"
    return source.parent.parent if is_checkpoint else "RUN"  # type: ignore[attr-defined]


def _is_class_of(target: str, packages: Collection[str]) -> bool:
    """Whether a target is a class that these packages define themselves."""
    if not is_below(target.rpartition(".")[0], packages):
        return False
    candidate = _imported(target)
    return isinstance(candidate, type) and is_below(candidate.__module__, packages)


def _targets(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "_target_" in node:
            yield str(node["_target_"])
        node = list(node.values())
    if isinstance(node, list):
        for value in node:
            yield from _targets(value)
