"""What random augmentations draw from torch's generator, and the checks of what they are given."""

import math
from collections.abc import Sequence

import torch

from anomaly_fas.errors import ConfigError


def happens(p: float) -> bool:
    """True with probability `p`."""
    return bool(torch.rand(()).item() < p)


def uniform(bounds: tuple[float, float]) -> float:
    """A number between two bounds, all equally likely."""
    low, high = bounds
    return low + (high - low) * torch.rand(()).item()


def whole(bounds: tuple[int, int]) -> int:
    """A whole number from the first bound to the second, both included, all equally likely."""
    return int(torch.randint(bounds[0], bounds[1] + 1, ()).item())


def checked_probability(name: str, p: float) -> float:
    """The probability, if it is one.

    Raises:
        ConfigError: it is not in [0, 1].
    """
    if not 0 <= p <= 1:
        raise ConfigError(f"{name}: p={p} is no probability; give one from 0 to 1")
    return p


def checked_range(
    name: str, bounds: Sequence[float], least: float, most: float = math.inf
) -> tuple[float, float]:
    """Two bounds as a tuple, if they are in order and within `least` and `most`.

    Raises:
        ConfigError: not two finite numbers, in the wrong order or beyond a limit.
    """
    low, high = bounds if len(bounds) == 2 else (math.nan, math.nan)
    if not (least <= low <= high <= most and math.isfinite(high)):
        limits = f"{least:g} or more" if most == math.inf else f"within [{least:g}, {most:g}]"
        raise ConfigError(f"{name}={list(bounds)}: give two numbers {limits}, the lower one first")
    return float(low), float(high)
