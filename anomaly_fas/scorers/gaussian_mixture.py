"""How unlikely an embedding is under a mixture of Gaussians fitted to the bona fide class."""

import math
import warnings
from typing import Any, Final, Literal, get_args

import numpy as np
import torch
from torch import Tensor, nn

from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.output import EMBEDDING, Output
from anomaly_fas.scorers.scorer import Gallery

Covariance = Literal["diag", "full"]

CHUNK: Final = 1024
"""So many embeddings at a time, which bounds the memory: 32 MB for 8 components of 512 numbers."""

TINIEST: Final = 1e-12
"""Variance that is added at least, for references that are all the same."""


class GaussianMixture(nn.Module):
    """Attack score -log p(f), p a mixture of Gaussians over bona fide train references.

    Args:
        dim: D.
        references: at most so many are used.
        components: K; where there are fewer references, so many as there are.
        covariance: `diag` or `full`, of each component.
        regularisation: added to every variance, as a share of the references' mean variance.
        seed: seeds the start of the estimate.

    Raises:
        ConfigError: an unknown form of the covariance.
    """

    requires = EMBEDDING
    attacks_needed = 0
    mean: Tensor
    precision_factor: Tensor
    offset: Tensor

    def __init__(
        self,
        dim: int,
        references: int,
        components: int,
        covariance: Covariance,
        regularisation: float,
        seed: int,
    ) -> None:
        super().__init__()
        if covariance not in get_args(Covariance):
            choices = ", ".join(get_args(Covariance))
            raise ConfigError(f"covariance={covariance!r}: choose one of {choices}")
        self.bona_fide_needed = references
        self._covariance: Covariance = covariance
        self._regularisation, self._seed = regularisation, seed
        shape = (components, dim) if covariance == "diag" else (components, dim, dim)
        self.register_buffer("mean", torch.zeros(components, dim))
        self.register_buffer("precision_factor", torch.zeros(shape))
        self.register_buffer("offset", torch.full((components,), -torch.inf))

    def fit(self, gallery: Gallery) -> None:
        """Estimate the mixture from the first references.

        Raises:
            DataError: there are fewer than two.
        """
        taken = gallery.bona_fide[: self.bona_fide_needed].double().cpu().numpy()
        if len(taken) < 2:
            raise DataError("scorer=gaussian_mixture needs two bona fide references in train")
        found = self._estimate(taken)
        factor = torch.from_numpy(found.precisions_cholesky_)
        diagonal = factor if self._covariance == "diag" else factor.diagonal(dim1=1, dim2=2)
        constant = -0.5 * taken.shape[1] * math.log(2 * math.pi)
        offset = torch.from_numpy(found.weights_).log() + diagonal.log().sum(dim=1) + constant
        for buffer, values, empty in (
            (self.mean, torch.from_numpy(found.means_), 0.0),
            (self.precision_factor, factor, 0.0),
            (self.offset, offset, -torch.inf),
        ):
            buffer.fill_(empty)
            buffer[: len(values)] = values

    def _estimate(self, references: np.ndarray) -> Any:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.mixture import GaussianMixture as Estimator

        floor = max(self._regularisation * float(references.var(axis=0).mean()), TINIEST)
        mixture = Estimator(
            min(len(self.offset), len(references)),
            covariance_type=self._covariance,
            reg_covar=floor,
            random_state=self._seed,
        )
        with warnings.catch_warnings():
            # An estimate that would still move a little serves as well.
            warnings.simplefilter("ignore", ConvergenceWarning)
            return mixture.fit(references)

    def forward(self, output: Output) -> Tensor:
        """See `Scorer`."""
        parts = [self._surprise(part.double()) for part in torch.split(output.embedding, CHUNK)]
        return torch.cat(parts).to(output.embedding.dtype)

    def _surprise(self, embedding: Tensor) -> Tensor:
        mean, factor = self.mean.double(), self.precision_factor.double()
        if self._covariance == "diag":
            white = (embedding[:, None] - mean) * factor
        else:
            white = torch.einsum("nkd,kde->nke", embedding[:, None] - mean, factor)
        logs = self.offset.double() - 0.5 * white.square().sum(dim=2)
        return -torch.logsumexp(logs, dim=1)
