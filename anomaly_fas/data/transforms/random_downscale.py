"""Downscale: a face that was further away, or in a recording of lower resolution."""

from collections.abc import Sequence
from typing import Final

from torch import Tensor, nn
from torch.nn import functional as F

from anomaly_fas.data.transforms.draws import (
    checked_probability,
    checked_range,
    happens,
    uniform,
    whole,
)

ENLARGE_BY: Final = ("nearest-exact", "bilinear", "bicubic")
_SMALLEST: Final = 0.01
# torch shrinks planar uint8 images wrongly to a single column.
_LEAST_SIDE: Final = 2


def downscale(image: Tensor, factor: float, enlarge_by: str) -> Tensor:
    """The image shrunk, without aliasing, and enlarged to its size again.

    Args:
        image: uint8, shape [3, rows, columns].
        factor: of rows and columns that are left, in (0, 1], at least two of each; 1 changes
            nothing.
        enlarge_by: one of `ENLARGE_BY`.
    """
    full = image.shape[-2:]
    small = [max(_LEAST_SIDE, round(side * factor)) for side in full]
    if small == list(full):
        return image
    shrunk = F.interpolate(image[None], small, mode="bilinear", antialias=True)
    return F.interpolate(shrunk, full, mode=enlarge_by)[0]


class RandomDownscale(nn.Module):
    """With probability `p`, shrinks the image by a random factor and enlarges it again.

    Enlarging is by a random one of nearest, bilinear and bicubic interpolation.

    Args:
        factor: range of the share of rows and columns that are left, within [0.01, 1].
        p: in [0, 1].

    Raises:
        ConfigError: a range or probability that is none.
    """

    def __init__(self, factor: Sequence[float], p: float = 0.5) -> None:
        super().__init__()
        self.factor = checked_range("factor", factor, least=_SMALLEST, most=1)
        self.p = checked_probability("RandomDownscale", p)

    def forward(self, image: Tensor) -> Tensor:
        """A uint8 image [3, rows, columns] to another of its shape."""
        if not happens(self.p):
            return image
        mode = ENLARGE_BY[whole((0, len(ENLARGE_BY) - 1))]
        return downscale(image, uniform(self.factor), mode)
