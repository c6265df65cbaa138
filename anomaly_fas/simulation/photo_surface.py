"""A real photograph of a face as a surface that masks, paint and paper can be put on.

The face is taken to be frontal and where crops have it. Its relief is that of an average head; its
reflectance is the photograph without its broad light and shade.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from anomaly_fas.simulation.anatomy import head
from anomaly_fas.simulation.grid import Image, X, Y, blur, in_each_channel, interpolate, to_pixels
from anomaly_fas.simulation.person import Person, person
from anomaly_fas.simulation.picture import Picture
from anomaly_fas.simulation.shading import Pose, Surface, crop_grid, in_face_plane, turned
from anomaly_fas.types import Age, Sex, SkinTone

_SKIN: Final = 0.32
"""Mean reflectance that a face is taken to have."""


@dataclass(frozen=True)
class Framing:
    """Where faces are in crops.

    Attributes:
        zoom: half the crop's side in units of the canonical grid, in which a face is about 1.5
            wide and 2 high.
        x: the face's centre in those units, to the right of the crop's.
        y: the same, downwards. The eyes are 0.15 above the face's centre.
    """

    zoom: float = 1.25
    x: float = 0.0
    y: float = -0.05

    def view(self, rng: np.random.Generator) -> Pose:
        """Draw a pose with an error such as that of a guess."""
        return Pose(
            roll=float(rng.normal(0, 0.02)),
            zoom=self.zoom * float(np.exp(rng.normal(0, 0.04))),
            shift=(self.x + float(rng.normal(0, 0.03)), self.y + float(rng.normal(0, 0.03))),
        )


@dataclass(frozen=True, eq=False)
class PhotoSurface:
    """A photographed face.

    Attributes:
        face: its maps over the canonical grid, for attack instruments to change. Its coverage is
            0 at first, so that it becomes that of what is laid on the face.
        view: where the face is in the crop.
        shade: broad light and shade of the photograph, about 1, shape [rows, columns].
        light: irradiance that makes the photograph of the reflectance.
    """

    face: Surface
    view: Pose
    shade: Image
    light: float


@cache
def average_person() -> Person:
    """Build the person whose proportions a photographed face is taken to have."""
    rng = np.random.default_rng(4)
    return person(rng, Sex.FEMALE, Age.ADULT, SkinTone.LIGHT_YELLOW, glasses=False)


def linear(image: np.ndarray) -> Image:
    """Convert an sRGB image, uint8, to linear light, float32 in [0, 1]."""
    table = np.linspace(0, 1, 256, dtype=np.float32)
    table = np.where(table <= 0.04045, table / 12.92, ((table + 0.055) / 1.055) ** 2.4)
    return table.astype(np.float32)[image]


def surface_of(image: np.ndarray, view: Pose) -> PhotoSurface:
    """Build the surface that a photograph shows: sRGB, uint8, shape [size, size, 3]."""
    radiance = interpolate(linear(image), *_to_crop(X, Y, view, image.shape[0]))
    base = head(average_person())
    grey = (radiance[..., 0] + radiance[..., 1] + radiance[..., 2]) / 3  # faster than mean(-1)
    light = max(float((grey * base.alpha).sum() / base.alpha.sum()), 1e-3) / _SKIN
    shade = np.clip(blur(grey, 16.0) / np.float32(light * _SKIN), 0.35, 1.8)
    ones = np.ones_like(X)
    face = Surface(
        height=base.height.copy(),
        albedo=np.clip(radiance / in_each_channel(shade * np.float32(light)), 0.005, 0.95),
        gloss=base.gloss.copy(),
        polish=0.2 * ones,
        translucency=ones,
        alpha=np.zeros_like(ones),
    )
    return PhotoSurface(face, view, shade, light)


def frontal_picture(image: np.ndarray, view: Pose) -> Picture:
    """Move, turn and scale a photograph until it lies on the canonical grid."""
    size = image.shape[0]
    x, y = crop_grid(size, view.zoom)
    return Picture(interpolate(image, *_to_crop(x, y, view, size)), view.zoom)


def seen(image: Image, view: Pose, size: int) -> Image:
    """Project a map over the canonical grid onto a crop of `size` pixels a side."""
    return interpolate(image, *to_pixels(*in_face_plane(view, size)))


def _to_crop(x: Image, y: Image, view: Pose, size: int) -> tuple[Image, Image]:
    """The column and row of the crop at points of the grid."""
    across, down = turned(x, y, -view.roll)
    scale, half = np.float32(size / (2 * view.zoom)), np.float32((size - 1) / 2)
    shift_x, shift_y = np.float32(view.shift[0]), np.float32(view.shift[1])
    return (across + shift_x) * scale + half, (down + shift_y) * scale + half
