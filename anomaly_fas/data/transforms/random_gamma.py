"""Gamma: a display's or a camera's other idea of how brightness grows."""

import math
from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor, nn

from anomaly_fas.data.transforms.draws import checked_probability, checked_range, happens, uniform

_SMALLEST: Final = 0.01


def adjust_gamma(image: Tensor, gamma: float) -> Tensor:
    """The image with every value v turned into 255 (v / 255) ** gamma, rounded.

    Args:
        image: uint8, any shape.
        gamma: > 0; below 1 brightens, above 1 darkens, 1 changes nothing.
    """
    values = torch.linspace(0, 1, 256, dtype=torch.float64) ** gamma
    return (255 * values).round().to(torch.uint8)[image.int()]


class RandomGamma(nn.Module):
    """With probability `p`, adjusts gamma by a random exponent.

    Its logarithm is uniform, so that of a range such as [1 / g, g] one half brightens.

    Args:
        gamma: range of the exponent, each >= 0.01.
        p: in [0, 1].

    Raises:
        ConfigError: a range or probability that is none.
    """

    def __init__(self, gamma: Sequence[float], p: float = 0.5) -> None:
        super().__init__()
        low, high = checked_range("gamma", gamma, least=_SMALLEST)
        self.log_gamma = (math.log(low), math.log(high))
        self.p = checked_probability("RandomGamma", p)

    def forward(self, image: Tensor) -> Tensor:
        """A uint8 image to another of its shape."""
        if not happens(self.p):
            return image
        return adjust_gamma(image, math.exp(uniform(self.log_gamma)))
