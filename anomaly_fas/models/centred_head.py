"""The head of losses that gather one class around a fixed centre."""

from typing import Final

import torch
from torch import Tensor, distributed, nn

from anomaly_fas.models.head import Reads
from anomaly_fas.output import EMBEDDING, Output

LEAST: Final = 0.1
"""No coordinate of the centre is nearer to zero (Ruff et al.'s own code): a unit that should give
zero could do so by zero weights, whatever the image."""


class CentredHead(nn.Module):
    """f = W h - c: a projection as seen from a fixed centre. It is not of unit length.

    Ruff et al., Deep One-Class Classification, ICML 2018: that the network cannot map everything
    onto the centre, W has no bias and c is not learnt but the mean of what the network gives before
    training, here of the first training batch (of all processes, and of both classes, as labels are
    none of a network's business). Biases inside the backbone remain, so the guard is not complete.

    Args:
        features: length of h.
        dim: D.
    """

    reads: Final[Reads] = "pooled"
    gives = EMBEDDING
    centre: Tensor

    def __init__(self, features: int, dim: int) -> None:
        super().__init__()
        self.dim = dim
        self.projection = nn.Linear(features, dim, bias=False)
        self.register_buffer("centre", torch.zeros(dim))

    def forward(self, features: Tensor) -> Output:
        """Map pooled features, shape [N, features], to an output without logit."""
        # Not in half precision: distances to the centre may be far shorter than what is projected.
        with torch.autocast(features.device.type, enabled=False):
            projected = self.projection(features.float())
        if self.training and not self.centre.any():
            mean = _mean_of_all_processes(projected.detach())
            self.centre.copy_(torch.where(mean < 0, mean.clamp(max=-LEAST), mean.clamp(min=LEAST)))
        return Output(projected - self.centre, None)


def _mean_of_all_processes(projected: Tensor) -> Tensor:
    mean = projected.mean(dim=0)
    if distributed.is_available() and distributed.is_initialized():
        distributed.all_reduce(mean)
        mean /= distributed.get_world_size()
    return mean
