"""The head of pixel-wise binary supervision."""

from typing import Final

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from anomaly_fas.models.head import Reads
from anomaly_fas.output import EMBEDDING, LOGIT, MAP, Output


class PixelWiseHead(nn.Module):
    """A logit at each place of the feature map, and one of the image from all of them.

    George and Marcel, ICB 2019 (DeepPixBiS), sigmoid a 1 x 1 convolution of the map, and take the
    image's logit from its 14 x 14 values by a linear layer. Here that layer has one weight for all
    places, so that images of any size will do. Features averaged over the map, of unit length,
    serve as the embedding.

    Args:
        features: channels of the map, and length of the embedding.
    """

    reads: Final[Reads] = "map"
    gives = EMBEDDING | LOGIT | MAP

    def __init__(self, features: int) -> None:
        super().__init__()
        self.dim = features
        self.classifier = nn.Conv2d(features, 1, kernel_size=1)
        # At first the tangent, at 1/2, of the log odds of the map's mean.
        self.slope = nn.Parameter(torch.tensor([4.0]))
        self.offset = nn.Parameter(torch.tensor([-2.0]))

    def forward(self, features: Tensor) -> Output:
        """Map a feature map, shape [N, features, rows, columns], to an output with both logits."""
        map_logit = self.classifier(features).float().squeeze(1)
        logit = self.slope * torch.sigmoid(map_logit).mean(dim=(1, 2)) + self.offset
        embedding = normalize(features.float().mean(dim=(2, 3)), dim=1)
        return Output(embedding, logit, map_logit)
