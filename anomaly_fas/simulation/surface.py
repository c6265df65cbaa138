"""What a face looks like before light falls on it: maps over the canonical grid."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anomaly_fas.simulation.grid import Image


@dataclass
class Surface:
    """Maps over the canonical grid. Attack instruments change a copy of them.

    Attributes:
        height: z, shape [rows, columns].
        albedo: linear RGB reflectance, shape [rows, columns, 3].
        gloss: strength of the surface reflection, about 0.03 for dry skin and 1 for a mirror.
        polish: how sharp that reflection is, 0 broad to 1 sharp.
        translucency: how much light spreads under the surface, 1 for skin and 0 for paper.
        alpha: coverage, 0 outside the head.
    """

    height: Image
    albedo: Image
    gloss: Image
    polish: Image
    translucency: Image
    alpha: Image

    def copy(self) -> Surface:
        """A copy whose maps may be changed."""
        return Surface(**{field.name: getattr(self, field.name).copy() for field in fields(self)})
