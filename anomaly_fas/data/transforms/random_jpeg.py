"""JPEG: what a camera, a messenger or a data set's authors saved an image with.

It is encoded by Pillow: torchvision's own transform needs a compiled library that does not load
beside every build of torch, and what is learnt is not to depend on that.
"""

from collections.abc import Sequence
from io import BytesIO

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from anomaly_fas.data.transforms.draws import checked_probability, checked_range, happens, whole
from anomaly_fas.errors import ConfigError


def jpeg(image: Tensor, quality: int) -> Tensor:
    """The image as JPEG leaves it, its colour at half the resolution (4:2:0).

    Args:
        image: uint8, shape [3, rows, columns].
        quality: of the quantisation tables, from 1 to 100.
    """
    file = BytesIO()
    Image.fromarray(image.permute(1, 2, 0).contiguous().numpy()).save(file, "JPEG", quality=quality)
    with Image.open(file) as decoded:
        return torch.from_numpy(np.array(decoded)).permute(2, 0, 1)


class RandomJpeg(nn.Module):
    """With probability `p`, saves the image as a JPEG file of random quality and reads it again.

    Args:
        quality: range of whole numbers within [1, 100], both ends included.
        p: in [0, 1].

    Raises:
        ConfigError: a range or probability that is none.
    """

    def __init__(self, quality: Sequence[int], p: float = 0.5) -> None:
        super().__init__()
        low, high = checked_range("quality", quality, least=1, most=100)
        if not (low.is_integer() and high.is_integer()):
            raise ConfigError(f"quality={list(quality)}: give whole numbers from 1 to 100")
        self.quality = (int(low), int(high))
        self.p = checked_probability("RandomJpeg", p)

    def forward(self, image: Tensor) -> Tensor:
        """A uint8 image [3, rows, columns] to another of its shape."""
        return jpeg(image, whole(self.quality)) if happens(self.p) else image
