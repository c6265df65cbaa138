"""Embeddings to fit scorers to, of any length."""

from __future__ import annotations

from typing import Final

import torch
from hydra.utils import instantiate
from torch.nn.functional import normalize

from anomaly_fas.commands.app import config_dir
from anomaly_fas.output import EMBEDDING, Output
from anomaly_fas.runs.composition import composed
from anomaly_fas.scorers.scorer import Gallery


def of_references() -> tuple[str, ...]:
    """Return the options of conf/scorer that compare embeddings with references."""
    options = sorted(path.stem for path in (config_dir() / "scorer").glob("*.yaml"))
    config = composed("train", [f"scorer=[{','.join(options)}]"])
    scorers = {name: instantiate(node, dim=8) for name, node in config.scorer.items()}
    return tuple(
        str(name)
        for name, scorer in scorers.items()
        if scorer.bona_fide_needed and scorer.requires == EMBEDDING
    )


OF_REFERENCES: Final = of_references()


def normal(count: int, dim: int, seed: int, scale: float = 1.0) -> torch.Tensor:
    """Vectors that are no unit vectors, float32."""
    generator = torch.Generator().manual_seed(seed)
    spread = torch.linspace(0.2, 2.0, dim)
    return scale * (3 + spread * torch.randn(count, dim, generator=generator))


def units(count: int, seed: int, dim: int = 4) -> torch.Tensor:
    """Unit vectors, float32."""
    generator = torch.Generator().manual_seed(seed)
    return normalize(torch.randn(count, dim, generator=generator), dim=1)


def of_bona_fide(embedding: torch.Tensor) -> Gallery:
    """A gallery without attacks."""
    return Gallery(embedding, embedding[:0])


def output_of(embedding: torch.Tensor) -> Output:
    """Return the output of a network that gives an embedding alone."""
    return Output(embedding, None)
