"""The head of a softmax over cosines."""

from typing import Final

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from anomaly_fas.models.head import Reads
from anomaly_fas.output import EMBEDDING, LOGIT, Output


class CosineHead(nn.Module):
    """A unit embedding, and a logit from its cosines with a weight vector of each class.

    logit = cos(f, w_attack) - cos(f, w_bona_fide), f = W h / ||W h||, in [-2, 2]: the log odds of a
    softmax over both cosines (Wang et al., Additive Margin Softmax for Face Verification, IEEE
    Signal Processing Letters 2018). Its scale and margin are the loss's: they leave the order of
    scores as it is, and the scale would drive most of them to where a sigmoid is 1 in fp32.

    Args:
        features: length of h.
        dim: D.
    """

    reads: Final[Reads] = "pooled"
    gives = EMBEDDING | LOGIT

    def __init__(self, features: int, dim: int) -> None:
        super().__init__()
        self.dim = dim
        self.projection = nn.Linear(features, dim, bias=False)
        self.class_weight = nn.Parameter(normalize(torch.randn(2, dim), dim=1))

    def forward(self, features: Tensor) -> Output:
        """Map pooled features, shape [N, features], to an output with a logit."""
        embedding = normalize(self.projection(features).float(), dim=1)
        bona_fide, attack = normalize(self.class_weight, dim=1)
        # No matrix product: autocast would round it, and the loss makes it large.
        logit = (embedding * (attack - bona_fide)).sum(dim=1)
        return Output(embedding, logit)
