"""Distance to the nearest bona fide references."""

from typing import Final

import torch
from torch import Tensor, nn

from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.output import EMBEDDING, Output
from anomaly_fas.scorers.scorer import Gallery

CHUNK: Final = 1024
"""So many embeddings at a time, which bounds the memory: 32 MB for 4,096 references."""


def neighbour_distance(embedding: Tensor, references: Tensor, neighbours: int) -> Tensor:
    """Compute the mean Euclidean distance to the k nearest references.

    Ramaswamy et al., SIGMOD 2000 (the mean in place of the k-th, as Angiulli and Pizzuti, 2002).

    Args:
        embedding: shape [N, D].
        references: shape [R, D], R >= 1.
        neighbours: k; all references where there are fewer.

    Returns:
        Shape [N].

    Example:
        >>> import torch
        >>> references = torch.tensor([[1.0], [2.0], [9.0]])
        >>> neighbour_distance(torch.tensor([[0.0]]), references, 2).item()
        1.5
    """
    count = min(neighbours, len(references))
    doubled = references.double()
    parts = [_nearest(part, doubled, count) for part in torch.split(embedding, CHUNK)]
    return torch.cat(parts).to(embedding.dtype)


def _nearest(embedding: Tensor, references: Tensor, count: int) -> Tensor:
    # A matrix product gives small distances in fp64 alone.
    product = "use_mm_for_euclid_dist"
    distance = torch.cdist(embedding.double(), references, compute_mode=product)
    return distance.topk(count, dim=1, largest=False, sorted=False).values.mean(dim=1)


class Knn(nn.Module):
    """Attack score: mean distance to the k nearest of R bona fide train references.

    Args:
        dim: D.
        references: R; of fewer there are, all are used.
        neighbours: k of `neighbour_distance`.

    Raises:
        ConfigError: k below 1.
    """

    requires = EMBEDDING
    attacks_needed = 0
    bona_fide: Tensor
    count: Tensor

    def __init__(self, dim: int, references: int, neighbours: int) -> None:
        super().__init__()
        if neighbours < 1:
            raise ConfigError(f"neighbours={neighbours}: 1 or more are needed")
        self.neighbours = neighbours
        self.bona_fide_needed = references
        self.register_buffer("bona_fide", torch.zeros(references, dim))
        self.register_buffer("count", torch.tensor(1))

    def fit(self, gallery: Gallery) -> None:
        """Take the first references.

        Raises:
            DataError: there are none.
        """
        taken = gallery.bona_fide[: self.bona_fide_needed]
        if not len(taken):
            raise DataError("scorer=knn needs bona fide references in train")
        self.bona_fide.zero_()
        self.bona_fide[: len(taken)] = taken
        self.count.fill_(len(taken))

    def forward(self, output: Output) -> Tensor:
        """See `Scorer`."""
        return neighbour_distance(
            output.embedding, self.bona_fide[: int(self.count)], self.neighbours
        )
