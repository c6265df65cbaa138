"""Distance to the centre that a network was trained around."""

import torch
from torch import Tensor, nn

from anomaly_fas.output import EMBEDDING, Output
from anomaly_fas.scorers.scorer import Gallery


class Norm(nn.Module):
    """Attack score ||f(x)||, which behind head=centred is the distance to its centre.

    It needs no references. Embeddings of other heads are unit vectors, all of one score.

    Args:
        dim: not used; every scorer is given it.
    """

    requires = EMBEDDING
    bona_fide_needed = 0
    attacks_needed = 0

    def __init__(self, dim: int) -> None:
        super().__init__()

    def fit(self, gallery: Gallery) -> None:
        """Fit nothing."""

    def forward(self, output: Output) -> Tensor:
        """See `Scorer`."""
        length: Tensor = torch.linalg.vector_norm(output.embedding, dim=1)
        return length
