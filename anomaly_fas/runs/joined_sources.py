"""The configs of the sources that data are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from omegaconf import DictConfig


def sources(data: DictConfig) -> list[DictConfig]:
    """The config of each source that stands for itself: those below `sources` and `source`."""
    parts = [data.source] if "source" in data else list(data.get("sources", {}).values())
    return [source for part in parts for source in sources(part)] if parts else [data]
