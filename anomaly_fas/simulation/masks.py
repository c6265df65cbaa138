"""Mask attacks: a victim's face in paper, resin or silicone on another head."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anomaly_fas.simulation import skin
from anomaly_fas.simulation.anatomy import head
from anomaly_fas.simulation.cutout import lay, printed
from anomaly_fas.simulation.expression import Expression, at_eyes, bare_face
from anomaly_fas.simulation.grid import COLUMNS, ROWS, Image, X, Y, blur, bump, mix, noise, step
from anomaly_fas.simulation.printing import PRINTERS
from anomaly_fas.types import FinePai

if TYPE_CHECKING:
    from collections.abc import Callable

    from anomaly_fas.simulation.person import Person
    from anomaly_fas.simulation.picture import Picture
    from anomaly_fas.simulation.shading import Surface


def wear_mask(
    species: FinePai | None,
    face: Surface,
    rng: np.random.Generator,
    wearer: Person,
    victim: Person,
    picture: Callable[[], Picture],
) -> None:
    """Put a mask of a victim on a face, if the species is one.

    Args:
        species: any; others than masks change nothing.
        face: the wearer's head, changed in place.
        rng: draws material, finish and cut.
        wearer: person whose eyes look through the holes.
        victim: person whose face is cast.
        picture: makes the frontal picture that a paper mask is printed from.
    """
    match species:
        case FinePai.MASK_PAPER:
            _wear_paper(face, rng, wearer, picture())
        case FinePai.MASK_RIGID:
            _wear_rigid(face, rng, wearer, victim)
        case FinePai.MASK_SILICONE:
            _wear_silicone(face, rng, wearer, victim)


def _wear_paper(face: Surface, rng: np.random.Generator, wearer: Person, picture: Picture) -> None:
    """A printed face, cut out and bent around the wearer's, with holes for the eyes."""
    quality = list(PRINTERS)[rng.integers(3)]
    cut = 1 - (X / (wearer.width * 1.02)) ** 2 - ((Y - 0.02) / 0.98) ** 2
    shape = step(cut + 0.02 * noise(rng, 6), -0.01, 0.02)
    shape = shape * (1 - _eye_holes(wearer, float(rng.uniform(0.85, 1.15))))
    bent = 0.74 * np.sqrt(np.clip(1 - (X / 1.15) ** 2, 0.02, 1)) + 0.10 * bump(0, 0.1, 0.09, 0.2)
    lay(face, shape, printed(rng, picture, quality), bent, gloss=0.03)


def _wear_rigid(face: Surface, rng: np.random.Generator, wearer: Person, victim: Person) -> None:
    """A painted resin or plastic cast of the victim's face, glossy and without expression."""
    cast = bare_face(victim, Expression())
    inside = head(victim).outline[:, None] * 0.95 - np.abs(X)
    shape = step(inside, -0.01, 0.012) * step(Y, -0.86, -0.82)
    shape = shape * (1 - _eye_holes(wearer, 0.95))
    paint = blur(cast.albedo, float(rng.uniform(1.2, 2.5)))
    base = paint.reshape(-1, 3)[shape.ravel() > 0.5].mean(axis=0)
    tint = np.exp(rng.normal(0, 0.08, 3)).astype(np.float32)
    paint = mix(paint, base * np.float32(1.05), float(rng.uniform(0.25, 0.5))) * tint
    lay(
        face,
        shape,
        paint,
        blur(cast.height, 2.0) + 0.07,
        gloss=float(rng.uniform(0.06, 0.25)),
        stiffness=1.0,
    )
    face.polish[:] = mix(face.polish, float(rng.uniform(0.45, 0.8)), shape)


def _wear_silicone(face: Surface, rng: np.random.Generator, wearer: Person, victim: Person) -> None:
    """A silicone cast over the whole head: soft and translucent, but of even pigment."""
    cast = bare_face(victim, Expression(gape=float(rng.uniform(0, 0.25))))
    shape = head(victim).alpha * (1 - _eye_holes(wearer, 0.85))
    pigment = np.full((ROWS, COLUMNS), victim.melanin, np.float32) * (1 + 0.03 * noise(rng, 8))
    airbrush = 0.34 + 0.20 * bump(0, 0.2, 0.4, 0.16) + 0.03 * noise(rng, 14)
    even = skin.reflectance(pigment, np.clip(airbrush, 0, 1).astype(np.float32))
    paint = mix(even, blur(cast.albedo, 1.0), 0.55)
    sag = 0.012 * np.sin(9 * Y + 1.5 * noise(rng, 4)) * step(np.abs(X), 0.25, 0.6)
    lay(face, shape, paint, blur(cast.height, 1.2) + 0.05 + sag, gloss=0.13, stiffness=1.0)
    face.polish[:] = mix(face.polish, float(rng.uniform(0.3, 0.5)), shape)
    face.translucency[:] = mix(face.translucency, 1.0, shape)


def _eye_holes(wearer: Person, size: float) -> Image:
    return at_eyes(
        wearer,
        lambda u, v: step((u / (1.1 * size)) ** 2 + (v / (0.62 * size)) ** 2, 1.08, 0.92),
    )
