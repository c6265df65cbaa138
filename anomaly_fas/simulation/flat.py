"""A flat thing held before a camera: where each pixel of the crop falls on it."""

from dataclasses import dataclass

import cv2
import numpy as np

from anomaly_fas.simulation.grid import Image, step
from anomaly_fas.simulation.shading import crop_grid, turned


@dataclass(frozen=True)
class Placement:
    """How a picture is held.

    Attributes:
        scale: half its side, in half sides of the crop.
        shift: its centre in the crop, in the same unit.
        roll: in radians.
        tilt: relative change of scale from edge to edge, (across, down).
        bend: curvature, 0 flat; in radians of half the side.
        axis: direction of the bend's axis, in radians from the vertical.
    """

    scale: float
    shift: tuple[float, float]
    roll: float
    tilt: tuple[float, float]
    bend: float
    axis: float


@dataclass(frozen=True, eq=False)
class Held:
    """A held picture as seen by each pixel, all of shape [size, size].

    Attributes:
        u: position across the picture, 0 to 1 inside it.
        v: position down the picture.
        normal: unit surface normal, shape [size, size, 3].
        inside: coverage of the picture itself.
    """

    u: Image
    v: Image
    normal: Image
    inside: Image

    def within(self, half: float, margin: float = 0.0) -> Image:
        """Compute the coverage of a square around the picture's middle with a margin."""
        reach = np.maximum(np.abs(self.u - 0.5), np.abs(self.v - 0.5))
        return step(reach - half - margin, 0.006, -0.002)


def placement(rng: np.random.Generator, bend: float) -> Placement:
    """Draw a placement that nearly fills the crop; `bend` is the strongest bend."""
    return Placement(
        scale=float(rng.uniform(0.92, 1.18)),
        shift=(float(rng.normal(0, 0.04)), float(rng.normal(0, 0.04))),
        roll=float(rng.normal(0, 0.05)),
        tilt=(float(rng.normal(0, 0.06)), float(rng.normal(0, 0.06))),
        bend=bend * float(rng.uniform(-1, 1)) if rng.random() < 0.7 else 0.0,
        axis=float(rng.normal(0, 0.3)),
    )


def hold(how: Placement, size: int) -> Held:
    """Look at a held picture through the pixels of a crop."""
    x, y = crop_grid(size, 1.0)
    x, y = x - np.float32(how.shift[0]), y - np.float32(how.shift[1])
    x, y = turned(x, y, how.roll)
    depth = 1 + np.float32(how.tilt[0]) * x + np.float32(how.tilt[1]) * y
    x, y = x * depth / np.float32(how.scale), y * depth / np.float32(how.scale)
    x, y, normal = _bend(x, y, how)
    u, v = (x + 1) / 2, (y + 1) / 2
    edge = 1.5 / size
    inside = step(np.minimum(np.minimum(u, 1 - u), np.minimum(v, 1 - v)), -edge, edge)
    return Held(u, v, normal, inside)


def _bend(x: Image, y: Image, how: Placement) -> tuple[Image, Image, Image]:
    cos, sin = np.float32(np.cos(how.axis)), np.float32(np.sin(how.axis))
    along = x * cos + y * sin
    slope = np.float32(how.bend) * along
    slope = np.clip(slope, -0.9, 0.9)
    # Seen from the front, equal steps along a bent sheet shrink towards its sides.
    stretch = 1 + 0.35 * slope**2
    x, y = x + along * (stretch - 1) * cos, y + along * (stretch - 1) * sin
    tilt_x, tilt_y = np.float32(-2 * how.tilt[0]), np.float32(-2 * how.tilt[1])
    across, down = slope * cos + tilt_x, slope * sin + tilt_y
    length = np.sqrt(across**2 + down**2 + 1)
    return x, y, cv2.merge([across / length, down / length, 1 / length])
