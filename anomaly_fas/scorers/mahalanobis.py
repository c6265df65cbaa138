"""Mahalanobis distance to the bona fide class."""

from typing import Final

import torch
from torch import Tensor, nn

from anomaly_fas.errors import DataError
from anomaly_fas.output import EMBEDDING, Output
from anomaly_fas.scorers.scorer import Gallery

FLOOR: Final = 1e-6
"""Of the mean variance, added to each: shrinkage by itself is none for two references."""

TINIEST: Final = 1e-12
"""Variance that is added at least, for references that are all the same."""


def whitening(references: Tensor) -> tuple[Tensor, Tensor]:
    """Estimate mean and A of references, so that (x - mean) A has the identity for covariance.

    The covariance is shrunk towards a multiple of the identity by Ledoit and Wolf's (J.
    Multivariate Analysis 88, 2004) estimate, so there may be fewer references than dimensions.

    Args:
        references: shape [R, D], R >= 2.

    Returns:
        Shapes [D] and [D, D], float64.
    """
    from sklearn.covariance import LedoitWolf

    estimate = LedoitWolf(store_precision=False).fit(references.double().cpu().numpy())
    covariance = torch.from_numpy(estimate.covariance_)
    floor = max(FLOOR * covariance.diagonal().mean().item(), TINIEST)
    covariance.diagonal().add_(floor)
    identity = torch.eye(len(covariance), dtype=covariance.dtype)
    lower = torch.linalg.cholesky(covariance)
    inverse = torch.linalg.solve_triangular(lower, identity, upper=False)
    return torch.from_numpy(estimate.location_), inverse.T


class Mahalanobis(nn.Module):
    """Attack score sqrt((f - m)' P (f - m)), m and P mean and precision of bona fide references.

    Lee et al., NeurIPS 2018 (arXiv 1807.03888), for one class and with shrinkage.

    Args:
        dim: D.
        references: at most so many are used.
    """

    requires = EMBEDDING
    attacks_needed = 0
    mean: Tensor
    whitening: Tensor

    def __init__(self, dim: int, references: int) -> None:
        super().__init__()
        self.bona_fide_needed = references
        self.register_buffer("mean", torch.zeros(dim))
        self.register_buffer("whitening", torch.eye(dim))

    def fit(self, gallery: Gallery) -> None:
        """Estimate mean and covariance of the first references.

        Raises:
            DataError: there are fewer than two.
        """
        taken = gallery.bona_fide[: self.bona_fide_needed]
        if len(taken) < 2:
            raise DataError("scorer=mahalanobis needs two bona fide references in train")
        mean, matrix = whitening(taken)
        self.mean.copy_(mean)
        self.whitening.copy_(matrix)

    def forward(self, output: Output) -> Tensor:
        """See `Scorer`."""
        # In fp64, which mixed precision leaves alone: the matrix may be badly conditioned.
        white = (output.embedding.double() - self.mean) @ self.whitening.double()
        distance: Tensor = torch.linalg.vector_norm(white, dim=1).to(output.embedding.dtype)
        return distance
