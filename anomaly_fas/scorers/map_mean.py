"""The mean of a map of probabilities."""

import torch
from torch import Tensor, nn

from anomaly_fas.output import MAP, Output, require_part
from anomaly_fas.scorers.scorer import Gallery


class MapMean(nn.Module):
    """Attack score: the mean over the map of sigmoid(logit). It needs no references.

    George and Marcel, ICB 2019 (DeepPixBiS).

    Args:
        dim: not used; every scorer is given it.
    """

    requires = MAP
    bona_fide_needed = 0
    attacks_needed = 0

    def __init__(self, dim: int) -> None:
        super().__init__()

    def fit(self, gallery: Gallery) -> None:
        """Fit nothing."""

    def forward(self, output: Output) -> Tensor:
        """See `Scorer`."""
        return torch.sigmoid(require_part(output.map_logit, "map")).mean(dim=(1, 2))
