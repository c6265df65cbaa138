"""Distance to the centre of the bona fide class."""

from typing import Final

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from anomaly_fas.errors import DataError
from anomaly_fas.output import EMBEDDING, Output
from anomaly_fas.scorers.scorer import Gallery

_ROUNDING: Final = 1e-3


class LiveCentre(nn.Module):
    """Attack score ||f(x) - c||, c the mean of bona fide train embeddings.

    The mean of unit vectors is brought to unit length; that of others (head=centred) is not.

    Args:
        dim: D.
        references: at most so many embeddings are averaged.
    """

    requires = EMBEDDING
    attacks_needed = 0
    centre: Tensor

    def __init__(self, dim: int, references: int) -> None:
        super().__init__()
        self.bona_fide_needed = references
        self.register_buffer("centre", torch.zeros(dim))

    def fit(self, gallery: Gallery) -> None:
        """Average the first references.

        Raises:
            DataError: there are none.
        """
        if not len(gallery.bona_fide):
            raise DataError("scorer=live_centre needs bona fide references in train")
        averaged = gallery.bona_fide[: self.bona_fide_needed]
        mean = averaged.mean(dim=0)
        are_unit = ((averaged.norm(dim=1) - 1).abs() < _ROUNDING).all()
        self.centre.copy_(normalize(mean, dim=0) if are_unit else mean)

    def forward(self, output: Output) -> Tensor:
        """See `Scorer`."""
        distance: Tensor = torch.linalg.vector_norm(output.embedding - self.centre, dim=1)
        return distance
