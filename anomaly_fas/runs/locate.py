"""Find the run folder of a config."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hydra.utils import instantiate

from anomaly_fas.runs.folder import plain, run_folder
from anomaly_fas.runs.joined_sources import sources

if TYPE_CHECKING:
    from omegaconf import DictConfig

    from anomaly_fas.protocols.protocol import PadProtocol
    from anomaly_fas.runs.folder import RunFolder


def locate(config: DictConfig) -> tuple[PadProtocol, RunFolder, str]:
    """The protocol of a run, its folder, and the hash of its config.

    Args:
        config: of the run; what its crop store holds is noted in it.
    """
    protocol: PadProtocol = instantiate(config.protocol)
    for source in sources(config.data):
        if "contents" in source:  # a run is named after what the crop store holds, too
            source.contents = instantiate(source).contents
    return protocol, *run_folder(plain(config), protocol.name)
