"""Laying things on a face: paper, casts and frames with an edge and a gap beneath it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anomaly_fas.simulation.grid import UNIT, Image, X, Y, blur, mix
from anomaly_fas.simulation.printing import PRINTERS, ink_on_paper, separate

if TYPE_CHECKING:
    from anomaly_fas.simulation.picture import Picture
    from anomaly_fas.simulation.shading import Surface
    from anomaly_fas.types import FinePai


def lay(
    face: Surface, shape: Image, albedo: Image, height: Image, gloss: float, stiffness: float = 4.0
) -> None:
    """Cover part of a face with something opaque.

    Args:
        face: changed in place.
        shape: coverage by the thing.
        albedo: its linear RGB reflectance.
        height: its z; where the face stands out further, it rests on the face.
        gloss: strength of its surface reflection.
        stiffness: how little it follows the face's relief, in pixels of the grid.
    """
    gap = np.clip(blur(shape, 2.0) * 1.6 - shape, 0, 1) * (shape < 0.5)
    face.albedo *= (1 - 0.55 * gap)[..., None]
    face.albedo[:] = mix(face.albedo, albedo, shape)
    face.height[:] = mix(
        face.height, blur(np.maximum(height, face.height), stiffness) + 0.02, shape
    )
    face.gloss[:] = mix(face.gloss, gloss, shape)
    face.polish[:] = mix(face.polish, 0.3, shape)
    face.translucency *= 1 - shape
    face.alpha[:] = np.maximum(face.alpha, shape)


def printed(rng: np.random.Generator, picture: Picture, quality: FinePai) -> Image:
    """Reflectance of a frontal picture's print, lined up with the canonical grid."""
    printer = PRINTERS[quality]
    coverage = separate(picture.image, printer)
    u, v = (X / np.float32(picture.zoom) + 1) / 2, (Y / np.float32(picture.zoom) + 1) / 2
    aperture = 1 / (2 * picture.zoom * UNIT)
    return ink_on_paper(coverage, u, v, printer, aperture, int(rng.integers(2**31)))
