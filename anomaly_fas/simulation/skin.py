"""Skin colour from its pigments, and the textures that skin has.

Reflectance is that of a pigment-free base dimmed by melanin and haemoglobin after Lambert-Beer, as
in Tsumura et al., "Image-based skin color and texture analysis/synthesis", SIGGRAPH 2003. The
absorbances are set so that melanin 0.05 and 1.15 give the sRGB colours of very light and of dark
brown skin.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from anomaly_fas.simulation.grid import Image, blur, noise

_BASE: Final = np.array([0.86, 0.66, 0.54], dtype=np.float32)
_MELANIN: Final = np.array([1.45, 1.85, 2.20], dtype=np.float32)
_HAEMOGLOBIN: Final = np.array([0.10, 0.58, 0.44], dtype=np.float32)


def reflectance(melanin: Image, haemoglobin: Image) -> Image:
    """Linear RGB reflectance of skin.

    Args:
        melanin: density, 0 to about 1.2, any shape.
        haemoglobin: density, 0 to about 1.5, the same shape.

    Returns:
        The same shape with a last axis of 3, in (0, 1).
    """
    pigments = zip(_BASE, _MELANIN, _HAEMOGLOBIN, strict=True)
    planes = [base * np.exp(-(melanin * m + haemoglobin * h)) for base, m, h in pigments]
    return np.stack(planes, axis=-1)


def mottling(rng: np.random.Generator) -> Image:
    """Uneven blood supply: unit variance, features of 1 to 20 mm."""
    return (
        0.7 * noise(rng, 10) + 0.5 * noise(rng, 28) + 0.4 * noise(rng, 70) + 0.2 * noise(rng, 150)
    )


def pores(rng: np.random.Generator) -> Image:
    """Fine relief of the skin, unit variance, at the scale of the grid's pixels."""
    fine = rng.standard_normal(noise(rng, 2).shape, dtype=np.float32)
    relief = blur(fine, 0.8) - blur(fine, 2.0)
    return relief / np.float32(relief.std())


def spots(rng: np.random.Generator, count: int, size: float) -> Image:
    """Moles or freckles: round spots of height 0 to 1, `size` in pixels of the grid."""
    image = np.zeros_like(noise(rng, 2))
    rows = rng.integers(0, image.shape[0], count)
    columns = rng.integers(0, image.shape[1], count)
    image[rows, columns] = rng.uniform(0.3, 1.0, count).astype(np.float32)
    return blur(image, size) * np.float32(2 * np.pi * size**2)
