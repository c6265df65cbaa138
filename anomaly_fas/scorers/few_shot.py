"""The few-shot a posteriori probability over reference pairs."""

from typing import Final

import torch
from torch import Tensor, nn

from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.output import EMBEDDING, Output
from anomaly_fas.scorers.scorer import Gallery

CHUNK: Final = 1024
"""So many embeddings at a time, which bounds the memory: 16 MB for 1,000 pairs."""


def posterior(embedding: Tensor, bona_fide: Tensor, attack: Tensor, scale: float = 1.0) -> Tensor:
    """Compute P(bona fide | x) = mean_i sigmoid(s (d(x, s_i) - d(x, g_i))).

    Pérez-Cabo et al., CVPR Workshops 2019 (arXiv 1904.08241). Of unit vectors, with s = 1, it
    lies in [0.12, 0.88]: a score, not a calibrated probability.

    Args:
        embedding: f(x), shape [N, D].
        bona_fide: g_i, shape [M, D].
        attack: s_i, paired with g_i by position, shape [M, D].
        scale: s, that of the loss.

    Returns:
        Shape [N].

    Example:
        >>> import torch
        >>> x = torch.tensor([[1.0, 0.0]])
        >>> round(posterior(x, torch.tensor([[1.0, 0.0]]), torch.tensor([[-1.0, 0.0]])).item(), 4)
        0.8808
    """
    references = torch.cat([bona_fide, attack]).double()
    parts = torch.split(embedding, CHUNK)
    return torch.cat([_posterior(part, references, scale) for part in parts])


def _posterior(embedding: Tensor, references: Tensor, scale: float) -> Tensor:
    # A matrix product gives small distances in fp64 alone.
    product = "use_mm_for_euclid_dist"
    distance = torch.cdist(embedding.double(), references, compute_mode=product)
    near, far = distance.to(embedding.dtype).chunk(2, dim=1)
    return torch.sigmoid(scale * (far - near)).mean(dim=1)


class FewShot(nn.Module):
    """Attack score 1 - P(bona fide | x) over M reference pairs drawn from train.

    Where there are fewer references of a class than M, they are used in turn.

    Args:
        dim: D.
        pairs: M.
        scale: s of `posterior`.

    Raises:
        ConfigError: no pairs.
    """

    requires = EMBEDDING
    bona_fide: Tensor
    attack: Tensor

    def __init__(self, dim: int, pairs: int, scale: float) -> None:
        super().__init__()
        if pairs < 1:
            raise ConfigError(f"scorer.few_shot.pairs={pairs}: 1 or more are needed")
        self.scale = scale
        self.bona_fide_needed = self.attacks_needed = pairs
        self.register_buffer("bona_fide", torch.zeros(pairs, dim))
        self.register_buffer("attack", torch.zeros(pairs, dim))

    def fit(self, gallery: Gallery) -> None:
        """Take the first M references of each class.

        Raises:
            DataError: a class has no references.
        """
        for buffer, embeddings in (
            (self.bona_fide, gallery.bona_fide),
            (self.attack, gallery.attack),
        ):
            if not len(embeddings):
                raise DataError("scorer=few_shot needs references of both classes in train")
            turns = torch.arange(len(buffer), device=embeddings.device) % len(embeddings)
            buffer.copy_(embeddings[turns])

    def forward(self, output: Output) -> Tensor:
        """See `Scorer`."""
        return 1 - posterior(output.embedding, self.bona_fide, self.attack, self.scale)
