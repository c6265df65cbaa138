"""Distance to the centre that a network was trained around."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from anomaly_fas.scorers.scorer import Gallery


class Norm(nn.Module):
    """Attack score ||f(x)||, which behind head=centred is the distance to its centre.

    It needs no references. Embeddings of other heads are unit vectors, all of one score.

    Args:
        dim: not used; every scorer is given it.
    """

    bona_fide_needed = 0
    attacks_needed = 0

    def __init__(self, dim: int) -> None:
        super().__init__()

    def fit(self, gallery: Gallery) -> None:
        """Nothing is fitted."""

    def forward(self, embedding: Tensor, logit: Tensor | None = None) -> Tensor:
        """See `Scorer`."""
        length: Tensor = torch.linalg.vector_norm(embedding, dim=1)
        return length
