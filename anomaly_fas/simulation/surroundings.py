"""What is behind and below the head: a background out of focus, neck, shoulders and clothes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import cv2
import numpy as np

from anomaly_fas.simulation.anatomy import reflectance
from anomaly_fas.simulation.grid import Image, blur, mix, noise, step
from anomaly_fas.simulation.shading import Pose, crop_grid

if TYPE_CHECKING:
    from anomaly_fas.simulation.lighting import Light
    from anomaly_fas.simulation.person import Person

Place = Literal["wall", "office", "home", "street"]
PLACES = get_args(Place)


def background(rng: np.random.Generator, place: Place, light: Light, size: int) -> Image:
    """Radiance of a place, out of focus: linear RGB, shape [size, size, 3]."""
    small = 48
    tint = rng.uniform(0.25, 0.75) * (1 + 0.06 * rng.standard_normal(3))
    scene = np.ones((small, small, 3), np.float32) * tint.astype(np.float32)
    top_gain, bottom_gain = rng.uniform(0.7, 1.2, 2)
    scene *= np.linspace(top_gain, bottom_gain, small, dtype=np.float32)[:, None, None]
    objects = {"wall": 0, "office": 7, "home": 10, "street": 14}[place]
    for _ in range(objects):
        left, top = rng.integers(-10, small, 2)
        width, height = rng.integers(3, 28, 2)
        colour = rng.uniform(0.02, 0.8) * (1 + 0.16 * rng.standard_normal(3))
        corner, opposite = (int(left), int(top)), (int(left + width), int(top + height))
        cv2.rectangle(scene, corner, opposite, np.clip(colour, 0.01, 1.2).tolist(), -1)
    if place == "street":
        scene[: int(rng.integers(8, 24))] += rng.uniform(0.3, 1.2)
    if place == "wall":
        scene *= 1 + 0.04 * noise(rng, 16, small, small)[..., None]
    scene = blur(scene, float(rng.uniform(1.0, 3.0)))
    gain = light.mean * float(rng.uniform(0.5, 1.1))
    return cv2.resize(np.clip(scene, 0, None), (size, size), interpolation=cv2.INTER_CUBIC) * gain


def bust(
    rng: np.random.Generator, person: Person, view: Pose, light: Light, size: int
) -> tuple[Image, Image]:
    """Neck, shoulders and clothes: linear RGB [size, size, 3] and coverage [size, size]."""
    x, y = crop_grid(size, view.zoom)
    x, y = x - np.float32(view.shift[0]), y - np.float32(view.shift[1])
    neck_width = 0.62 * person.width
    neck = step(np.abs(x) - neck_width * (1 + 0.25 * np.clip(y - 1, 0, 1) ** 2), 0.02, -0.02)
    neck = neck * step(y, 0.55, 0.6)
    slope = 1.22 + 0.22 * np.abs(x) ** 1.5 - 0.1
    clothes = step(y - slope, -0.02, 0.02)
    collar = step(np.abs(x) * 1.2 + (y - 1.0) * float(rng.uniform(-1.2, -0.3)), 0.05, 0.1)
    clothes = clothes * np.maximum(collar, step(y, 1.4, 1.5))
    melanin = np.full((size, size), person.melanin, np.float32)
    flesh = reflectance(melanin, np.full_like(melanin, 0.45))
    flesh = flesh * (0.75 - 0.45 * step(y, person.chin + 0.35, person.chin - 0.05))[..., None]
    flesh = flesh * (1 - 0.5 * np.clip(np.abs(x) / neck_width, 0, 1) ** 3)[..., None]
    cloth = np.clip(rng.uniform(0.02, 0.6) * (1 + 0.3 * rng.standard_normal(3)), 0.01, 0.9)
    weave = 1 + 0.10 * noise(rng, 40, size, size) + 0.12 * noise(rng, 8, size, size)
    fabric = cloth.astype(np.float32) * weave[..., None]
    key = light.lamps[0]
    shade = light.above + key.colour * max(float(key.direction[2]), 0.1) * 0.8
    return mix(flesh, fabric, clothes) * shade, np.maximum(neck, clothes)
