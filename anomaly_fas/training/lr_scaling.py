"""How the learning rate follows the size of the global batch."""

from __future__ import annotations

import math
from typing import Literal, get_args

from anomaly_fas.errors import ConfigError

LrScaling = Literal["none", "linear", "sqrt"]


def lr_factor(scaling: LrScaling, world_size: int) -> float:
    """What the learning rate is multiplied by when so many processes train, a batch each.

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
