"""The probability of an attack that a cross-entropy head gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from anomaly_fas.errors import ConfigError
from anomaly_fas.output import LOGIT

if TYPE_CHECKING:
    from anomaly_fas.output import Output
    from anomaly_fas.scorers.scorer import Gallery


class Logit(nn.Module):
    """Attack score sigmoid(logit). It needs no references.

    Args:
        dim: not used; every scorer is given it.
    """

    requires = LOGIT
    bona_fide_needed = 0
    attacks_needed = 0

    def __init__(self, dim: int) -> None:
        super().__init__()

    def fit(self, gallery: Gallery) -> None:
        """Nothing is fitted."""

    def forward(self, output: Output) -> Tensor:
        """See `Scorer`.

        Raises:
            ConfigError: the network's head gives no logit.
        """
        if output.logit is None:
            raise ConfigError("scorer=logit needs a head that gives a logit, such as head=logit")
        return torch.sigmoid(output.logit)
