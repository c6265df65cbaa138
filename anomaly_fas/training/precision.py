"""Which precision a machine and a network gain from."""

from typing import Final, Literal, get_args

import torch
from torch import nn

from anomaly_fas.errors import ConfigError

Precision = Literal["auto", "32-true", "bf16-mixed", "16-mixed"]

MIXED: Final = "bf16-mixed"
FULL: Final = "32-true"


def choose_precision(wanted: Precision, network: nn.Module, *, on_gpu: bool) -> str:
    """Choose the Lightning precision to train with.

    `auto` is bf16 where the processor multiplies it natively, except on a CPU for networks with
    depthwise convolutions: those are bound by memory traffic, and the casts cost more than the
    multiplications save.

    Args:
        wanted: a Lightning precision, or `auto`.
        network: what is trained.
        on_gpu: whether it is trained on one.

    Raises:
        ConfigError: an unknown value.
    """
    if wanted not in get_args(Precision):
        raise ConfigError(
            f"trainer.precision={wanted!r}: choose one of {', '.join(get_args(Precision))}"
        )
    if wanted != "auto":
        return wanted
    if on_gpu:
        return MIXED if torch.cuda.is_available() and torch.cuda.is_bf16_supported() else FULL
    return MIXED if multiplies_bf16() and not has_depthwise(network) else FULL


def multiplies_bf16() -> bool:
    """Whether this CPU has instructions that multiply bf16 (AVX-512 BF16, AMX)."""
    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()


def has_depthwise(network: nn.Module) -> bool:
    """Whether a network has convolutions that treat every channel by itself."""
    return any(
        isinstance(module, nn.Conv2d) and module.groups == module.in_channels > 1
        for module in network.modules()
    )
