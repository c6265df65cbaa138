"""The probability of an attack that a cross-entropy head gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from anomaly_fas.output import LOGIT, require_part

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
        """Fit nothing."""

    def forward(self, output: Output) -> Tensor:
        """See `Scorer`."""
        return torch.sigmoid(require_part(output.logit, "logit"))
