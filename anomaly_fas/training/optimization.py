"""What an optimiser is given: parameters with and without decay, and the learning rate's factor."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, get_args

from anomaly_fas.errors import ConfigError

if TYPE_CHECKING:
    from torch import nn

LrScaling = Literal["none", "linear", "sqrt"]


def parameter_groups(modules: Iterable[nn.Module], weight_decay: float) -> list[dict[str, Any]]:
    """Group trained parameters: matrices and kernels with weight decay, the rest without.

    Args:
        modules: modules that are trained.
        weight_decay: decay of matrices and kernels.
    """
    learning = [
        parameter
        for module in modules
        for parameter in module.parameters()
        if parameter.requires_grad
    ]
    return [
        {"params": [p for p in learning if p.ndim > 1], "weight_decay": weight_decay},
        {"params": [p for p in learning if p.ndim <= 1], "weight_decay": 0.0},
    ]


def lr_factor(scaling: LrScaling, world_size: int) -> float:
    """Compute the factor of the learning rate when several processes train, a batch each.

    `linear` is the rule of Goyal et al. 2017 (arXiv 1706.02677), meant for SGD; `sqrt` keeps the
    variance of a step's noise (Krizhevsky 2014, arXiv 1404.5997), and is what adaptive optimisers
    are mostly used with.

    Args:
        scaling: the rule.
        world_size: number of processes.

    Raises:
        ConfigError: an unknown rule.
    """
    factors = {"none": 1.0, "linear": float(world_size), "sqrt": math.sqrt(world_size)}
    if scaling not in factors:
        raise ConfigError(
            f"module.lr_scaling={scaling!r}: choose one of {', '.join(get_args(LrScaling))}"
        )
    return factors[scaling]
