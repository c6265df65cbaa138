"""The feature map of a backbone at a sixteenth of the image's size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from anomaly_fas.errors import ConfigError

if TYPE_CHECKING:
    from torch import Tensor

STRIDE: Final = 16
"""Pixels from one place of the map to the next: 14 x 14 places of an image of 224 pixels."""


def cut_behind_map(network: Any, name: str) -> int:
    """Leave out what a timm network computes behind its last map of the stride.

    Args:
        network: changed in place.
        name: of the network, for messages.

    Returns:
        Number of the map's channels.

    Raises:
        ConfigError: the network has no such map.
    """
    place = _last_of_stride(network)
    if place is None or not hasattr(network, "prune_intermediate_layers"):
        raise ConfigError(
            f"model.backbone={name!r} gives no feature map at 1/{STRIDE} of the image's size, "
            "which head=pixel_wise reads: choose another backbone, such as resnet50"
        )
    network.prune_intermediate_layers([place], prune_norm=True, prune_head=True)
    return int(network.feature_info[place]["num_chs"])


def feature_map(network: Any, images: Tensor) -> Tensor:
    """What a network that was cut gives for images, shape [N, channels, rows, columns]."""
    place = _last_of_stride(network)
    (features,) = network.forward_intermediates(images, indices=[place], intermediates_only=True)
    return features  # type: ignore[no-any-return]


def _last_of_stride(network: Any) -> int | None:
    """The map's place among the stages that timm tells of."""
    stages = getattr(network, "feature_info", ())
    places = [place for place, stage in enumerate(stages) if stage["reduction"] == STRIDE]
    return max(places, default=None)
