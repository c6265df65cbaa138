"""What a config that comes with a run or checkpoint may build: what `conf/` builds, and no more."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from omegaconf import OmegaConf

from anomaly_fas.errors import CheckpointError
from anomaly_fas.runs.config_folder import config_dir

if TYPE_CHECKING:
    from collections.abc import Iterator


def require_known_targets(config: Any, source: object) -> None:
    """Check every `_target_` of a config: run folders and checkpoints may come from anywhere.

    Args:
        config: plain, or OmegaConf's.
        source: the file that it comes from.

    Raises:
        CheckpointError: the config asks for something that no file in `conf/` builds.
    """
    plain = OmegaConf.to_container(config) if OmegaConf.is_config(config) else config
    strangers = sorted(set(_targets(plain)) - _known())
    if strangers:
        raise CheckpointError(
            f"{source} asks for {', '.join(strangers)}, which no file in conf/ builds. If you "
            "trust it, add a file there that does."
        )


@cache
def _known() -> frozenset[str]:
    files = config_dir().rglob("*.yaml")
    return frozenset(
        target
        for file in files
        for target in _targets(OmegaConf.to_container(OmegaConf.load(file)))
    )


def _targets(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "_target_" in node:
            yield str(node["_target_"])
        node = list(node.values())
    if isinstance(node, list):
        for value in node:
            yield from _targets(value)
