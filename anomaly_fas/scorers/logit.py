"""The probability of an attack that a cross-entropy head gives."""

import torch
from torch import Tensor, nn

from anomaly_fas.output import LOGIT, Output, require_part
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
