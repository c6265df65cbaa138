"""Reading image files that nobody vouches for."""

import warnings
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from anomaly_fas.errors import DataError

SUFFIXES: Final = frozenset(
    {".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".pgm", ".ppm"}
)
_FORMATS: Final = ("JPEG", "PNG", "BMP", "WEBP", "TIFF", "PPM")
"""What Pillow may read: among all that it can are programs, such as PostScript."""

MAX_PIXELS: Final = 64_000_000
MIN_SIDE: Final = 16


def read_image(path: Path) -> np.ndarray:
    """An image file as sRGB, uint8, shape [rows, columns, 3], turned as its EXIF data says.

    Raises:
        DataError: the file is missing, no image, truncated, smaller than 16 pixels or larger
            than 64 megapixels.
    """
    try:
        with warnings.catch_warnings(), Image.open(path, formats=_FORMATS) as image:
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise DataError(f"{path}: {width} x {height} pixels is more than 64 megapixels")
            if min(width, height) < MIN_SIDE:
                raise DataError(f"{path}: {width} x {height} pixels is too small for a face")
            return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    except FileNotFoundError as error:
        raise DataError(f"{path}: no such file") from error
    except UnidentifiedImageError as error:
        raise DataError(f"{path}: not an image that can be read") from error
    except Image.DecompressionBombError as error:
        raise DataError(f"{path}: more than 64 megapixels") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise DataError(f"{path}: damaged image ({error})") from error


def frame_files(path: Path) -> list[Path]:
    """The frames of a sample: the image itself, or the images in a folder by name.

    Raises:
        DataError: the folder holds no image.
    """
    if not path.is_dir():
        return [path]
    frames = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES)
    if not frames:
        raise DataError(f"{path}: a folder without images")
    return frames
