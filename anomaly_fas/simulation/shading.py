"""Renders a surface: pose, projection, shadows, diffuse and glossy reflection."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import cv2
import numpy as np

from anomaly_fas.simulation.grid import (
    UNIT,
    Image,
    blur,
    coloured,
    in_each_channel,
    interpolate,
    tinted,
    to_pixels,
)
from anomaly_fas.simulation.lighting import Light

_SUBSURFACE: Final = np.array([0.30, 0.14, 0.09], np.float32)
"""How far light wraps around skin, per channel: red travels farthest."""


@dataclass
class Surface:
    """What light falls on: maps over the canonical grid, which attack instruments change.

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


@dataclass(frozen=True)
class Pose:
    """Head pose and framing.

    Attributes:
        yaw: in radians, positive to the image's right.
        pitch: in radians, positive downwards.
        roll: in radians, clockwise in the image.
        zoom: half the crop's side in units of the canonical grid.
        shift: the face's centre in the crop, in those units.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    zoom: float = 1.2
    shift: tuple[float, float] = (0.0, 0.0)


def pose(rng: np.random.Generator, spread: float = 1.0) -> Pose:
    """Draw a pose of a cooperative subject."""
    return Pose(
        yaw=float(rng.normal(0, 0.14 * spread)),
        pitch=float(rng.normal(0.02, 0.08 * spread)),
        roll=float(rng.normal(0, 0.05 * spread)),
        zoom=float(rng.uniform(1.1, 1.4)),
        shift=(float(rng.normal(0, 0.05)), float(rng.normal(0, 0.05))),
    )


def crop_grid(size: int, zoom: float) -> tuple[Image, Image]:
    """Return coordinates of a square crop's pixels, x right and y down, from -zoom to zoom."""
    axis = (np.arange(size, dtype=np.float32) + 0.5) / size * 2 - 1
    return np.meshgrid(axis * np.float32(zoom), axis * np.float32(zoom))


def turned(x: Image, y: Image, angle: float) -> tuple[Image, Image]:
    """Rotate coordinates, so that they lie along something at an angle in radians."""
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    return x * cos + y * sin, y * cos - x * sin


def in_face_plane(view: Pose, size: int) -> tuple[Image, Image]:
    """Return the coordinates of a crop's pixels relative to an upright face's centre."""
    x, y = crop_grid(size, view.zoom)
    return turned(x - np.float32(view.shift[0]), y - np.float32(view.shift[1]), view.roll)


def render(surface: Surface, view: Pose, light: Light, size: int) -> tuple[Image, Image]:
    """Render a surface as a camera in front of it sees it.

    The surface is a height field: for each pixel, the point that is seen there is found by
    fixed-point iteration on the height.

    Returns:
        Linear RGB radiance, shape [size, size, 3], and coverage, shape [size, size].
    """
    columns, rows, depth = _project(surface.height, view, size)
    seen = partial(interpolate, columns=columns, rows=rows, border=cv2.BORDER_CONSTANT)
    normal = _normals(surface.height, view, seen)
    albedo, alpha = seen(surface.albedo), seen(surface.alpha)
    gloss, polish = seen(surface.gloss), seen(surface.polish)
    wrap = coloured(seen(surface.translucency), _SUBSURFACE)
    openness = in_each_channel(np.clip(1 + 3.0 * (depth - blur(depth, size / 14)), 0.45, 1))

    upwards = 0.5 - 0.5 * normal[..., 1]
    diffuse = (light.below + coloured(upwards, light.above - light.below)) * openness
    glossy = np.zeros((size, size, 3), np.float32)
    for index, lamp in enumerate(light.lamps):
        facing = normal @ lamp.direction
        lit = np.clip((in_each_channel(facing) + wrap) / (1 + wrap), 0, None)
        if index == 0:
            lit = lit * in_each_channel(_unshadowed(depth, lamp.direction, size))
        diffuse = diffuse + tinted(lit, lamp.colour)
        glossy += coloured(_highlight(normal, lamp.direction, polish, lamp.softness), lamp.colour)
    fresnel = 0.6 + 0.4 * (1 - np.clip(normal[..., 2], 0, 1)) ** 3
    glossy = (glossy + coloured(upwards, 0.25 * light.above)) * in_each_channel(gloss * fresnel)
    return albedo * diffuse + glossy * openness, alpha


def _project(height: Image, view: Pose, size: int) -> tuple[Image, Image, Image]:
    """Where on the grid each pixel of the crop looks, and the depth there."""
    x, y = in_face_plane(view, size)
    cos_yaw, sin_yaw = np.float32(np.cos(view.yaw)), np.float32(np.sin(view.yaw))
    cos_pitch, sin_pitch = np.float32(np.cos(view.pitch)), np.float32(np.sin(view.pitch))
    z: Image = np.full_like(x, 0.4)
    for _ in range(5):
        column = (x - z * sin_yaw) / cos_yaw
        turned = z * cos_yaw - column * sin_yaw
        row = (y - turned * sin_pitch) / cos_pitch
        columns, rows = to_pixels(column, row)
        z = interpolate(height, columns, rows)
    return columns, rows, z


def _normals(height: Image, view: Pose, seen: Callable[[Image], Image]) -> Image:
    slope_x = seen(cv2.Scharr(height, cv2.CV_32F, 1, 0) * np.float32(UNIT / 32))
    slope_y = seen(cv2.Scharr(height, cv2.CV_32F, 0, 1) * np.float32(UNIT / 32))
    normal = np.stack([-slope_x, -slope_y, np.ones_like(slope_x)], axis=-1)
    normal /= np.sqrt((normal**2).sum(-1, keepdims=True))
    return normal @ _rotation(view).T


def _rotation(view: Pose) -> np.ndarray:
    """From the canonical frame to the camera's."""
    cy, sy = np.cos(view.yaw), np.sin(view.yaw)
    cp, sp = np.cos(view.pitch), np.sin(view.pitch)
    cr, sr = np.cos(view.roll), np.sin(view.roll)
    yaw = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    pitch = np.array([[1, 0, 0], [0, cp, sp], [0, -sp, cp]])
    roll = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return (roll @ pitch @ yaw).astype(np.float32)


def _unshadowed(depth: Image, direction: np.ndarray, size: int) -> Image:
    """How much of a lamp's light reaches each pixel past the relief between them."""
    lit = np.ones_like(depth)
    across = direction[:2] / max(float(direction[2]), 0.2)
    for reach in (0.06, 0.12, 0.22, 0.36):
        offset = across * reach
        moved = cv2.warpAffine(
            depth,
            np.array([[1, 0, offset[0] * size / 2.4], [0, 1, offset[1] * size / 2.4]], np.float32),
            (size, size),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        blocked = np.clip((moved - depth - reach - 0.02) / (0.05 + 0.3 * reach), 0, 1)
        lit = np.minimum(lit, 1 - 0.85 * blocked)
    return blur(lit, size / 90)


def _highlight(normal: Image, direction: np.ndarray, polish: Image, softness: float) -> Image:
    """Blinn-Phong reflection, normalised so that a sharper highlight is a brighter one."""
    half = direction + np.array([0, 0, 1], np.float32)
    half = half / np.linalg.norm(half)
    exponent = 6 * 2 ** (polish * (7 - 3.5 * softness))
    facing = np.clip(normal @ half.astype(np.float32), 1e-3, 1)
    return np.exp(exponent * np.log(facing)) * (exponent + 8) / np.float32(8 * np.pi)
