"""A head without weights: the direction of the backbone's features."""

from __future__ import annotations

from typing import Final

from torch import Tensor, nn
from torch.nn.functional import normalize

from anomaly_fas.models.head import Output, Reads


class FeaturesHead(nn.Module):
    """f = h / ||h||: features at unit length.

    Training lets a projection leave out what tells nothing of the known domains. The features still
    have it, so references from a new domain may say more there: see `experiments/few_shots`.

    Args:
        features: length of h, and of the embedding.
    """

    reads: Final[Reads] = "pooled"

    def __init__(self, features: int) -> None:
        super().__init__()
        self.dim = features

    def forward(self, features: Tensor) -> Output:
        """Pooled features, shape [N, features], to an output without logit."""
        return Output(normalize(features.float(), dim=1), None)
