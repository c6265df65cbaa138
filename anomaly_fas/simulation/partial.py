"""Partial attacks: paper and glasses that cover a part of the face."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anomaly_fas.simulation.anatomy import head
from anomaly_fas.simulation.cutout import lay, printed
from anomaly_fas.simulation.expression import at_eyes
from anomaly_fas.simulation.grid import COLUMNS, ROWS, Image, X, Y, bump, mix, noise, step
from anomaly_fas.simulation.printing import PRINTERS
from anomaly_fas.types import FinePai

if TYPE_CHECKING:
    from collections.abc import Callable

    from anomaly_fas.simulation.person import Person
    from anomaly_fas.simulation.picture import Picture
    from anomaly_fas.simulation.shading import Surface


def cover(
    species: FinePai | None,
    face: Surface,
    rng: np.random.Generator,
    wearer: Person,
    picture: Callable[[], Picture],
) -> None:
    """Cover part of a face, if the species is a partial one.

    Args:
        species: any; others than partial ones change nothing.
        face: the wearer's face, changed in place.
        rng: draws material and cut.
        wearer: person whose face it is.
        picture: makes the frontal picture of the victim that a piece of paper shows.
    """
    match species:
        case FinePai.PARTIAL_PAPER_GLASSES:
            _wear_paper_glasses(face, rng, wearer)
        case FinePai.PARTIAL_FUNNY_EYES:
            _wear_funny_eyes(face, rng, wearer)
        case FinePai.PARTIAL_PERIOCULAR | FinePai.PARTIAL_UPPER_HALF | FinePai.PARTIAL_LOWER_HALF:
            _cover_with_print(face, rng, wearer, picture(), species)


def _cover_with_print(
    face: Surface, rng: np.random.Generator, wearer: Person, picture: Picture, part: FinePai
) -> None:
    """Lay a piece of the victim's printed face on the wearer's."""
    within = step(head(wearer).outline[:, None] * 1.02 - np.abs(X), -0.01, 0.01)
    ragged = 0.012 * noise(rng, 10)
    if part is FinePai.PARTIAL_PERIOCULAR:
        across = step(np.abs(X) + ragged, 0.60, 0.58)
        shape = across * step(np.abs(Y + 0.17) + ragged, 0.23, 0.21)
        if rng.random() < 0.5:
            shape = shape * (1 - _discs(wearer, 0.10))
    elif part is FinePai.PARTIAL_UPPER_HALF:
        edge = float(rng.uniform(0.08, 0.30))
        shape = within * step(Y + ragged, edge + 0.01, edge - 0.01) * step(Y, -0.92, -0.90)
    else:
        edge = float(rng.uniform(0.0, 0.2))
        shape = within * step(Y + ragged, edge - 0.01, edge + 0.01)
    quality = list(PRINTERS)[rng.integers(3)]
    bent = 0.76 * np.sqrt(np.clip(1 - (X / 1.2) ** 2, 0.02, 1))
    lay(face, shape, printed(rng, picture, quality), bent, gloss=0.03)


def _wear_paper_glasses(face: Surface, rng: np.random.Generator, wearer: Person) -> None:
    """Glasses cut from printed paper, with openings for the eyes."""
    radius = float(rng.uniform(0.2, 0.26))
    openings = _discs(wearer, radius * 0.62)
    frame = np.maximum(_discs(wearer, radius), step(np.abs(Y + 0.16), 0.06, 0.05))
    frame = frame * step(np.abs(X), wearer.width + 0.03, wearer.width) * (1 - openings)
    colour = np.clip(rng.uniform(0.04, 0.7) * np.exp(rng.normal(0, 0.6, 3)), 0.02, 0.85)
    pattern = 1 + 0.5 * np.sign(np.sin(X * rng.uniform(15, 50) + Y * rng.uniform(-40, 40)))
    stripes = pattern if rng.random() < 0.5 else np.ones_like(X)
    albedo = np.clip(colour.astype(np.float32) * stripes[..., None], 0.02, 0.85)
    lay(face, frame, albedo.astype(np.float32), 0.78 - 0.25 * X**2, gloss=0.03)


def _wear_funny_eyes(face: Surface, rng: np.random.Generator, wearer: Person) -> None:
    """Novelty glasses with printed eyes."""
    radius = float(rng.uniform(0.19, 0.25))
    albedo = np.full((ROWS, COLUMNS, 3), 0.75, np.float32)
    iris = np.clip(rng.uniform(0.05, 0.4) * np.exp(rng.normal(0, 0.6, 3)), 0.01, 0.6)
    look = rng.normal(0, 0.03, 2)
    for side in (-1, 1):
        x, y = side * wearer.eye_distance + look[0], -0.15 + look[1]
        distance = np.hypot(X - np.float32(x), Y - np.float32(y)).astype(np.float32)
        albedo = mix(albedo, iris.astype(np.float32), step(distance, radius * 0.55, radius * 0.5))
        albedo = mix(albedo, 0.02, step(distance, radius * 0.28, radius * 0.24))
    if rng.random() < 0.6:
        veins = np.clip(noise(rng, 40) - 1.2, 0, 1) * bump(0, -0.15, 0.5, 0.2)
        albedo = mix(albedo, np.array([0.6, 0.1, 0.08], np.float32), veins)
    shape = _discs(wearer, radius)
    rim = np.clip(_discs(wearer, radius + 0.035) - shape, 0, 1)
    bridge = step(np.abs(Y + 0.16), 0.03, 0.02) * step(np.abs(X), wearer.width, wearer.width - 0.02)
    rim = np.maximum(rim, bridge * (1 - shape))
    lay(face, shape, albedo, 0.80 - 0.2 * X**2, gloss=0.08)
    colour = np.clip(rng.uniform(0.02, 0.5) * np.exp(rng.normal(0, 0.5, 3)), 0.01, 0.7)
    plastic = np.broadcast_to(colour.astype(np.float32), albedo.shape)
    lay(face, rim, plastic, 0.83 - 0.2 * X**2, gloss=0.25)


def _discs(wearer: Person, radius: float) -> Image:
    def disc(u: Image, v: Image) -> Image:
        distance = np.hypot(u, v) * np.float32(wearer.eye_width)
        return step(distance, radius + 0.008, radius - 0.008)

    return at_eyes(wearer, disc)
