"""Partial attacks: paper and glasses that cover a part of the face."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anomaly_fas.simulation.anatomy import head
from anomaly_fas.simulation.cutout import lay, printed
from anomaly_fas.simulation.expression import eye_opening
from anomaly_fas.simulation.grid import COLUMNS, ROWS, X, Y, bump, mix, noise, step
from anomaly_fas.types import FinePai

if TYPE_CHECKING:
    from anomaly_fas.simulation.grid import Image
    from anomaly_fas.simulation.person import Person
    from anomaly_fas.simulation.picture import Picture
    from anomaly_fas.simulation.surface import Surface


def cover_with_print(
    face: Surface, rng: np.random.Generator, wearer: Person, picture: Picture, part: FinePai
) -> None:
    """Lay a piece of the victim's printed face on the wearer's.

    Args:
        face: the wearer's face, changed in place.
        rng: draws the printer and the cut.
        wearer: whose face it is.
        picture: a frontal picture of the victim.
        part: `partial_periocular`, `partial_upper_half` or `partial_lower_half`.
    """
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
    quality = (FinePai.PRINT_LOW, FinePai.PRINT_MEDIUM, FinePai.PRINT_HIGH)[rng.integers(3)]
    bent = 0.76 * np.sqrt(np.clip(1 - (X / 1.2) ** 2, 0.02, 1))
    lay(face, shape, printed(rng, picture, quality), bent, gloss=0.03)


def wear_paper_glasses(face: Surface, rng: np.random.Generator, wearer: Person) -> None:
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


def wear_funny_eyes(face: Surface, rng: np.random.Generator, wearer: Person) -> None:
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
    discs = np.zeros((ROWS, COLUMNS), np.float32)
    for side in (-1, 1):
        window, u, v = eye_opening(wearer, side)
        distance = np.hypot(u, v) * np.float32(wearer.eye_width)
        inside = step(distance, radius + 0.008, radius - 0.008)
        discs[window.part] = np.maximum(discs[window.part], inside)
    return discs
