"""The head of a softmax over cosines."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from anomaly_fas.models.head import Output, Reads


class CosineHead(nn.Module):
    """A unit embedding, and a logit from its cosines with a weight vector of each class.

    logit = s (cos(f, w_attack) - cos(f, w_bona_fide)), f = W h / ||W h||: the log odds of a softmax
    over both cosines, scaled by s (Wang et al., Additive Margin Softmax for Face Verification,
    IEEE Signal Processing Letters 2018; without the margin, which is for training alone).

    Args:
        features: length of h.
        dim: D.
        scale: s > 0.
    """

    reads: Final[Reads] = "pooled"

    def __init__(self, features: int, dim: int, scale: float) -> None:
        super().__init__()
        self.dim = dim
        self.scale = scale
        self.projection = nn.Linear(features, dim, bias=False)
        self.class_weight = nn.Parameter(normalize(torch.randn(2, dim), dim=1))

    def forward(self, features: Tensor) -> Output:
        """Pooled features, shape [N, features], to an output with a logit."""
        embedding = normalize(self.projection(features).float(), dim=1)
        bona_fide, attack = normalize(self.class_weight, dim=1)
        # No matrix product, which autocast would round before the scale makes it large.
        logit = self.scale * (embedding * (attack - bona_fide)).sum(dim=1)
        return Output(embedding, logit)
