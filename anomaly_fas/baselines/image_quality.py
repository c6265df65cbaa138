"""Image quality: the measures of image distortion analysis.

Wen, Han and Jain, Face Spoof Detection with Image Distortion Analysis, IEEE TIFS 2015. An `image`
is sRGB, uint8, shape [rows, columns, 3]; a `grey` one is uint8, shape [rows, columns].
"""

from dataclasses import dataclass
from typing import ClassVar, Final

import cv2
import numpy as np
from skimage.measure import blur_effect

_COLOURED: Final = 0.04
"""Least difference of a pixel's greatest and least channel from which on its ratio is reliable."""

_FILTER: Final = 9
"""Side of the filter that an image is blurred with once more, as the authors of IDA have it."""

_STRONG: Final = 4.0
"""An edge's squared gradient, as a multiple of the image's mean, at least."""

_MOST_FREQUENT: Final = 100
"""Colours whose shares are features."""

_LEVELS: Final = 32
_COVERED: Final = 0.99


@dataclass(frozen=True)
class ImageQuality:
    """The 121 measures: specular reflection 3, blurriness 2, chromatic moments 15, colours 101.

    The paper's, but for the separation of the specular component: see `specular_component`.
    """

    version: ClassVar[int] = 1
    dim: ClassVar[int] = 121

    def __call__(self, image: np.ndarray) -> np.ndarray:
        """See `FrameFeatures`."""
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        return np.concatenate(
            [
                specular_features(specular_component(image)),
                [lost_by_blurring(grey), edge_width(grey)],
                chromatic_moments(image),
                colour_diversity(image),
            ]
        )


def specular_component(image: np.ndarray) -> np.ndarray:
    """Compute what each pixel reflects like a mirror, in the light's colour, taken as white.

    Of a matt material the greatest channel is a fixed multiple of the difference between the
    greatest and the least; a reflection adds to the former and not to the latter. A face is taken
    to be one material, whose multiple is the median over the pixels: Shen and Zheng, Real-time
    highlight removal using intensity ratio, Applied Optics 2013, with one cluster.

    Returns:
        float64, shape [rows, columns], in [0, 1].
    """
    values = image / 255.0
    greatest: np.ndarray = values.max(axis=2)
    spread = greatest - values.min(axis=2)
    coloured = spread > _COLOURED
    if not coloured.any():  # a grey image: its light and its material cannot be told apart
        return greatest
    ratio = float(np.median(greatest[coloured] / spread[coloured]))
    component: np.ndarray = np.clip(greatest - ratio * spread, 0.0, None)
    return component


def specular_features(component: np.ndarray) -> np.ndarray:
    """Compute share, mean and standard deviation of the specular pixels.

    Those are of 1.5 to 4 times the mean: brighter ones are white things rather than reflections
    (Wen, Han and Jain, IEEE TIFS 2015).

    Args:
        component: float, shape [rows, columns], at least 0.

    Returns:
        float64, shape [3]; zeros where there are no such pixels.
    """
    mean = component.mean()
    chosen = component[(component >= 1.5 * mean) & (component < 4 * mean)]
    if chosen.size == 0:
        return np.zeros(3)
    return np.array([chosen.size / component.size, chosen.mean(), chosen.std()])


def lost_by_blurring(grey: np.ndarray) -> float:
    """Measure the blur, 0 for a sharp image and 1 for a blurred one (Crete et al., SPIE 2007)."""
    if np.ptp(grey) == 0:
        return 1.0
    return float(blur_effect(grey, h_size=_FILTER))


def edge_width(grey: np.ndarray) -> float:
    """Measure the mean width of vertical edges: from a local extreme of a row to the next.

    Marziliano et al., A no-reference perceptual blur metric, ICIP 2002. Edges are the horizontal
    maxima of Sobel's gradient that are strong for their image.

    Returns:
        Pixels, at least 1; 0 where there is no edge.
    """
    values = grey.astype(np.float64)
    strength = np.abs(cv2.Sobel(values, cv2.CV_64F, 1, 0))
    inner = strength[:, 1:-1]
    edges = (inner >= strength[:, :-2]) & (inner > strength[:, 2:])
    edges &= inner**2 > _STRONG * np.mean(strength**2)
    steps = np.sign(np.diff(values, axis=1))
    lengths = _run_lengths(steps)
    direction = np.sign(values[:, 2:] - values[:, :-2])
    before = np.where(steps[:, :-1] == direction, lengths[:, :-1], 0)
    after = np.where(steps[:, 1:] == direction, lengths[:, 1:], 0)
    edges &= direction != 0
    return float(np.maximum(before, after)[edges].mean()) if edges.any() else 0.0


def _run_lengths(steps: np.ndarray) -> np.ndarray:
    """How long the run of equal values is that each value of a row belongs to."""
    begins = np.ones(steps.shape, dtype=bool)
    begins[:, 1:] = steps[:, 1:] != steps[:, :-1]
    runs = np.cumsum(begins.ravel()) - 1
    lengths: np.ndarray = np.bincount(runs)[runs].reshape(steps.shape)
    return lengths


def chromatic_moments(image: np.ndarray) -> np.ndarray:
    """Compute mean, deviation, skewness and shares of the lowest and highest tenth, of H, S and V.

    Hue is turned by half a circle, so that it does not jump in the reds of skin.

    Returns:
        float64, shape [15]: five of each channel, which is taken to lie in [0, 1].
    """
    hsv = cv2.cvtColor((image / 255.0).astype(np.float32), cv2.COLOR_RGB2HSV).astype(np.float64)
    hue = (hsv[..., 0] / 360.0 + 0.5) % 1.0
    return np.concatenate([_moments(channel) for channel in (hue, hsv[..., 1], hsv[..., 2])])


def _moments(channel: np.ndarray) -> np.ndarray:
    mean, deviation = channel.mean(), channel.std()
    # What rounding leaves of the deviation of equal values says nothing of their skewness.
    skewness = (((channel - mean) / deviation) ** 3).mean() if deviation > 1e-6 else 0.0
    return np.array([mean, deviation, skewness, (channel < 0.1).mean(), (channel >= 0.9).mean()])


def colour_diversity(image: np.ndarray) -> np.ndarray:
    """Compute shares of the most frequent colours, and how many cover 99 % of the pixels.

    Colours are those of 32 levels a channel.

    Returns:
        float64, shape [101]: 100 shares in falling order, zeros where there are fewer colours, and
        the number.
    """
    red, green, blue = (image // (256 // _LEVELS)).astype(np.int64).transpose(2, 0, 1)
    counts = np.bincount((red * _LEVELS**2 + green * _LEVELS + blue).ravel(), minlength=_LEVELS**3)
    falling = np.sort(counts)[::-1]
    covering = np.searchsorted(np.cumsum(falling), _COVERED * falling.sum()) + 1
    return np.append(falling[:_MOST_FREQUENT] / falling.sum(), covering)
