"""JPEG compression, as it leaves its blocks in an image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import cv2

if TYPE_CHECKING:
    import numpy as np

_BLOCK: Final = 8
_SAMPLING: Final = {
    444: cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    422: cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422,
    420: cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420,
}


def compressed(
    image: np.ndarray, quality: int, chroma: int, offset: tuple[int, int] = (0, 0)
) -> np.ndarray:
    """An image after it has been stored.

    Args:
        image: sRGB, uint8, shape [rows, columns, 3].
        quality: 1 to 100.
        chroma: subsampling of the colours, 444, 422 or 420.
        offset: row and column, 0 to 7, at which the image lies in the blocks of a larger one that
            it was cut out of.
    """
    whole = cv2.copyMakeBorder(image, offset[0], 0, offset[1], 0, cv2.BORDER_REPLICATE)
    options = [cv2.IMWRITE_JPEG_QUALITY, quality]
    options += [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, _SAMPLING[chroma]]
    encoded = cv2.imencode(".jpg", cv2.cvtColor(whole, cv2.COLOR_RGB2BGR), options)[1]
    decoded: Any = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    return cv2.cvtColor(decoded[offset[0] :, offset[1] :], cv2.COLOR_BGR2RGB)


def stored_crop(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A face crop as it comes out of a store: most are JPEG files once more, of a good quality.

    Args:
        image: sRGB, uint8, shape [size, size, 3].
        rng: draws the quality and the subsampling.
    """
    lossless, quality = rng.random() < 0.15, int(rng.integers(93, 99))
    chroma = 420 if rng.random() < 0.6 else 444
    return image if lossless else compressed(image, quality, chroma)


def anywhere(rng: np.random.Generator) -> tuple[int, int]:
    """Where a crop lies in the blocks of its frame."""
    row, column = rng.integers(0, _BLOCK, 2)
    return int(row), int(column)
