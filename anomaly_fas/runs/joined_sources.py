"""The configs of the sources that data are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from omegaconf import DictConfig


def sources(data: DictConfig) -> list[DictConfig]:
    """The config of each source: of the parts of `data=joined`, or of what is there alone."""
    return list(data.sources.values()) if "sources" in data else [data]
