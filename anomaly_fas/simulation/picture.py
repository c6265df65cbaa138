"""A head before its surroundings, and the pictures that attackers take of their victims."""

from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Final, Literal, get_args

import cv2
import numpy as np

from anomaly_fas.random_streams import Stream
from anomaly_fas.simulation.anatomy import reflectance
from anomaly_fas.simulation.camera import CAMERAS, capture
from anomaly_fas.simulation.expression import Expression, bare_face, expression
from anomaly_fas.simulation.grid import Image, blur, mix, noise, step
from anomaly_fas.simulation.hair import groom
from anomaly_fas.simulation.lighting import Light, light
from anomaly_fas.simulation.person import Person
from anomaly_fas.simulation.shading import Pose, Surface, crop_grid, pose, render
from anomaly_fas.types import Device, Lighting

Place = Literal["wall", "office", "home", "street"]
PLACES = get_args(Place)

_FRONTAL: Final = Pose(zoom=1.35)
_ATTACKERS: Final = (
    Device.MOBILE_TABLET_HIGH,
    Device.DIGITAL_CAMERA_LOW,
    Device.DIGITAL_CAMERA_HIGH,
)
_PHOTOSITES: Final = 256
"""Attackers take or find pictures of more detail than the cameras that they deceive can see."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture of a person.

    Attributes:
        image: sRGB, uint8, shape [size, size, 3].
        zoom: half its side in units of the canonical grid.
    """

    image: Image
    zoom: float


@lru_cache(maxsize=12)
def photograph(victim: Person, index: int, *, frontal: bool = False) -> Picture:
    """Take the attacker's picture number `index` of a person; it is always the same.

    A frontal one is lined up with the canonical grid, for masks and cut-outs.
    """
    rng = np.random.default_rng([victim.seed, Stream.SIMULATED_PICTURE, index, int(frontal)])
    face = bare_face(victim, Expression() if frontal else expression(rng))
    groom(face, victim)
    view = _FRONTAL if frontal else pose(rng, 0.7)
    lit = light(rng, Lighting.CONTROLLED)
    place = PLACES[rng.integers(len(PLACES))]
    seed = int(rng.integers(2**31))
    device = _ATTACKERS[rng.integers(len(_ATTACKERS))]
    camera = replace(CAMERAS[device], photosites=_PHOTOSITES, full_well=1e5, denoise=1.0)
    image = capture(camera, partial(portrait, face, victim, view, lit, place, seed), rng)
    return Picture(image, view.zoom)


def portrait(
    face: Surface, wearer: Person, view: Pose, lit: Light, place: Place, seed: int, size: int
) -> Image:
    """Render a head on the wearer's bust before a place: linear RGB, shape [size, size, 3].

    The seed draws the surroundings and clothes.
    """
    rng = np.random.default_rng(seed)
    scene = mix(background(rng, place, lit, size), *_bust(rng, wearer, view, lit, size))
    return mix(scene, *render(face, view, lit, size))


def background(rng: np.random.Generator, place: Place, light: Light, size: int) -> Image:
    """Render a place, out of focus: linear RGB, shape [size, size, 3]."""
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


def _bust(
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
