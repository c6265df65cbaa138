"""Embeddings to fit scorers to, of any length."""

from __future__ import annotations

from typing import Final

import torch

from anomaly_fas.output import Output
from anomaly_fas.scorers.scorer import Gallery

OF_REFERENCES: Final = (
    "few_shot", "live_centre", "knn", "mahalanobis", "gaussian_mixture", "species_mean",
    "species_min", "linear_probe",
)  # fmt: skip
"""Options of conf/scorer that need nothing but embeddings."""


def normal(count: int, dim: int, seed: int, scale: float = 1.0) -> torch.Tensor:
    """Vectors that are no unit vectors, float32."""
    generator = torch.Generator().manual_seed(seed)
    spread = torch.linspace(0.2, 2.0, dim)
    return scale * (3 + spread * torch.randn(count, dim, generator=generator))


def of_bona_fide(embedding: torch.Tensor) -> Gallery:
    """A gallery without attacks."""
    return Gallery(embedding, embedding[:0])


def output_of(embedding: torch.Tensor) -> Output:
    """Return the output of a network that gives an embedding alone."""
    return Output(embedding, None)
