"""Heads: from a backbone's features to an embedding, and to a logit where one is learnt."""

from typing import Final, Literal, Protocol

from torch import Tensor, nn
from torch.nn.functional import normalize

from anomaly_fas.output import EMBEDDING, LOGIT, Output, Part

Reads = Literal["pooled", "map"]
"""What a head is given: pooled features, shape [N, features], or the backbone's feature map at a
sixteenth of the image's size, shape [N, features, rows, columns]."""


class Head(Protocol):
    """Turn features into an output.

    Attributes:
        reads: features that the head is given.
        gives: parts of the output that the head fills in.
        dim: length of the embedding.
    """

    reads: Reads
    gives: frozenset[Part]
    dim: int

    def __call__(self, features: Tensor) -> Output:
        """Return the output for features of the shape that `Reads` says."""


class ProjectionHead(nn.Module):
    """f = W h / ||W h||: a linear projection to the unit hypersphere.

    Args:
        features: length of h.
        dim: D.
    """

    reads: Final[Reads] = "pooled"
    gives = EMBEDDING

    def __init__(self, features: int, dim: int) -> None:
        super().__init__()
        self.dim = dim
        self.projection = nn.Linear(features, dim, bias=False)

    def forward(self, features: Tensor) -> Output:
        """Map pooled features, shape [N, features], to an output without logit."""
        return Output(normalize(self.projection(features).float(), dim=1), None)


class FeaturesHead(nn.Module):
    """f = h / ||h||: features at unit length.

    Training lets a projection leave out what tells nothing of the known domains. The features still
    have it, so references from a new domain may say more there: see `experiments/few_shots`.

    Args:
        features: length of h, and of the embedding.
    """

    reads: Final[Reads] = "pooled"
    gives = EMBEDDING

    def __init__(self, features: int) -> None:
        super().__init__()
        self.dim = features

    def forward(self, features: Tensor) -> Output:
        """Map pooled features, shape [N, features], to an output without logit."""
        return Output(normalize(features.float(), dim=1), None)


class LogitHead(FeaturesHead):
    """A logit from the features, whose direction serves as the embedding.

    Args:
        features: length of h, and of the embedding.
    """

    gives = EMBEDDING | LOGIT

    def __init__(self, features: int) -> None:
        super().__init__(features)
        self.classifier = nn.Linear(features, 1)

    def forward(self, features: Tensor) -> Output:
        """Map pooled features, shape [N, features], to an output with a logit."""
        logit = self.classifier(features).float().flatten()
        return super().forward(features)._replace(logit=logit)
