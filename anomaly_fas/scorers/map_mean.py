"""The mean of a map of probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from anomaly_fas.errors import ConfigError
from anomaly_fas.output import MAP

if TYPE_CHECKING:
    from anomaly_fas.output import Output
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
        """Nothing is fitted."""

    def forward(self, output: Output) -> Tensor:
        """Scores of a batch from its map, shape [N, rows, columns]; else see `Scorer`.

        Raises:
            ConfigError: the network's head gives no map.
        """
        if output.map_logit is None:
            raise ConfigError("scorer=map_mean needs a head that gives a map: head=pixel_wise")
        return torch.sigmoid(output.map_logit).mean(dim=(1, 2))
