"""The pictures that attackers take of their victims, to print, show or paint from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final

import numpy as np

from anomaly_fas.random_streams import Stream
from anomaly_fas.simulation.camera import CAMERAS, capture
from anomaly_fas.simulation.expression import Expression, bare_face, expression
from anomaly_fas.simulation.grid import mix
from anomaly_fas.simulation.hair import groom
from anomaly_fas.simulation.lighting import light
from anomaly_fas.simulation.shading import Pose, pose, render
from anomaly_fas.simulation.surroundings import PLACES, background, bust
from anomaly_fas.types import Device, Lighting

if TYPE_CHECKING:
    from anomaly_fas.simulation.grid import Image
    from anomaly_fas.simulation.lighting import Light
    from anomaly_fas.simulation.person import Person
    from anomaly_fas.simulation.shading import Surface
    from anomaly_fas.simulation.surroundings import Place

FRONTAL: Final = Pose(zoom=1.35)
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
    view = FRONTAL if frontal else pose(rng, 0.7)
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
    scene = mix(background(rng, place, lit, size), *bust(rng, wearer, view, lit, size))
    return mix(scene, *render(face, view, lit, size))
