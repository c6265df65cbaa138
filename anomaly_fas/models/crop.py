"""The first step of every prediction: an image becomes a square crop of the network's size."""

import numpy as np
from PIL import Image, ImageOps


def to_crop(image: np.ndarray, size: int) -> np.ndarray:
    """Resize an image to a square, cutting evenly what is longer than wide or wider than long.

    Args:
        image: sRGB, uint8, shape [rows, columns, 3].
        size: side of the crop.

    Returns:
        uint8, shape [size, size, 3]; the image itself where it has that size already.
    """
    if image.shape[:2] == (size, size):
        return image
    fitted = ImageOps.fit(Image.fromarray(image), (size, size), Image.Resampling.BILINEAR)
    return np.asarray(fitted)
