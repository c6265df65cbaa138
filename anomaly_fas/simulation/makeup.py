"""Make-up attacks: cosmetics, impersonation of a victim, and obfuscation."""

from collections.abc import Callable

import numpy as np

from anomaly_fas.simulation.anatomy import head, mouth_line, nose_tip
from anomaly_fas.simulation.expression import Expression, at_eyes, bare_face, eye_grid, lip_coverage
from anomaly_fas.simulation.grid import Image, X, Y, blur, bump, mix, noise, step
from anomaly_fas.simulation.person import Person
from anomaly_fas.simulation.shading import Surface
from anomaly_fas.types import FinePai


def paint(
    species: FinePai | None,
    face: Surface,
    rng: np.random.Generator,
    wearer: Person,
    victim: Callable[[], Person],
    state: Expression,
) -> None:
    """Put make-up on the wearer's face in place; other species change nothing.

    `victim` gives the person who is impersonated, `state` is the expression that the face shows.
    """
    match species:
        case FinePai.MAKEUP_COSMETIC:
            _apply_cosmetics(face, rng, wearer, state)
        case FinePai.MAKEUP_IMPERSONATION:
            _paint_as(face, rng, wearer, victim())
        case FinePai.MAKEUP_OBFUSCATION:
            _paint_over(face, rng, wearer)


def _apply_cosmetics(
    face: Surface, rng: np.random.Generator, wearer: Person, state: Expression
) -> None:
    """Heavy foundation, lipstick, eye shadow, liner and rouge."""
    area = _powdered(wearer)
    smooth = blur(face.albedo, 5.0) * np.exp(rng.normal(0.06, 0.05, 3)).astype(np.float32)
    face.albedo[:] = mix(face.albedo, smooth, 0.75 * area)
    face.gloss *= 1 - 0.55 * area
    lipstick = np.array([(0.42, 0.02, 0.05), (0.30, 0.02, 0.10), (0.5, 0.1, 0.14)])[rng.integers(3)]
    lips = lip_coverage(wearer, state)
    face.albedo[:] = mix(face.albedo, lipstick.astype(np.float32), 0.85 * lips)
    face.gloss += 0.15 * lips
    shadow = np.array([(0.06, 0.04, 0.10), (0.05, 0.08, 0.12), (0.12, 0.05, 0.03)])[rng.integers(3)]
    for side in (-1, 1):
        window, u, v = eye_grid(wearer, side)
        lid = np.exp(-0.5 * ((u - 0.15) / 0.8) ** 2 - 0.5 * ((v + 0.62) / 0.32) ** 2)
        liner = np.exp(-0.5 * ((v + 0.50 * (1 - u**2)) / 0.09) ** 2) * step(np.abs(u), 1.3, 0.9)
        part = window.part
        face.albedo[part] = mix(face.albedo[part], shadow.astype(np.float32), 0.8 * lid)
        face.albedo[part] = mix(face.albedo[part], 0.015, 0.85 * liner)
    rouge = np.array([0.55, 0.14, 0.14], np.float32) * face.albedo.mean() / 0.3
    for side in (-1, 1):
        face.albedo[:] = mix(face.albedo, rouge, 0.45 * bump(side * 0.44, 0.18, 0.12, 0.1))


def _paint_as(face: Surface, rng: np.random.Generator, wearer: Person, victim: Person) -> None:
    """Impersonation: the victim's features painted over the wearer's relief."""
    target = blur(bare_face(victim, Expression()).albedo, 1.5)
    area = _powdered(wearer) * float(rng.uniform(0.55, 0.8))
    face.albedo[:] = mix(face.albedo, target, area)
    depth = float(rng.uniform(0.35, 0.6))
    tip = nose_tip(victim)
    for side in (-1, 1):
        contour = bump(side * 0.11, tip - 0.2, 0.025, 0.16) + bump(side * 0.5, 0.32, 0.12, 0.05)
        face.albedo *= (1 - depth * np.clip(contour, 0, 1))[..., None]
    bridge = bump(0, tip - 0.2, 0.025, 0.16)
    face.albedo *= (1 + 0.5 * depth * bridge)[..., None]
    face.gloss *= 1 - 0.6 * area
    face.translucency *= 1 - 0.5 * area


def _paint_over(face: Surface, rng: np.random.Generator, wearer: Person) -> None:
    """Obfuscation: blotches and stripes of paint that break up the face."""
    area = head(wearer).alpha * step(Y, wearer.hairline - 0.02, wearer.hairline + 0.1)
    if rng.random() < 0.5:
        ground = rng.uniform(0.05, 0.85) * np.exp(rng.normal(0, 0.25, 3))
        face.albedo[:] = mix(face.albedo, np.clip(ground, 0, 0.9).astype(np.float32), 0.85 * area)
    for _ in range(int(rng.integers(4, 9))):
        colour = np.clip(rng.uniform(0.02, 0.7) * np.exp(rng.normal(0, 0.7, 3)), 0, 0.9)
        shape = _stroke(rng) * area * float(rng.uniform(0.75, 0.95))
        face.albedo[:] = mix(face.albedo, colour.astype(np.float32), shape)
        face.gloss *= 1 - 0.5 * shape
        face.translucency *= 1 - 0.7 * shape


def _stroke(rng: np.random.Generator) -> Image:
    x, y = rng.uniform(-0.6, 0.6), rng.uniform(-0.6, 0.85)
    angle = np.float32(rng.uniform(0, np.pi))
    cos, sin = np.cos(angle), np.sin(angle)
    along = (X - np.float32(x)) * cos + (Y - np.float32(y)) * sin
    across = (Y - np.float32(y)) * cos - (X - np.float32(x)) * sin
    ragged = 0.25 * noise(rng, 14)
    reach = (along / rng.uniform(0.15, 0.6)) ** 2 + (across / rng.uniform(0.05, 0.2)) ** 2
    return step((reach + ragged).astype(np.float32), 1.1, 0.9)


def _powdered(wearer: Person) -> Image:
    """Where foundation goes: the face without eyes, mouth and hair."""
    area = step(head(wearer).outline[:, None] - np.abs(X), 0.0, 0.12)
    area = area * step(Y, wearer.hairline, wearer.hairline + 0.12)
    holes = at_eyes(wearer, lambda u, v: step(u**2 + (v / 0.5) ** 2, 1.2, 0.9))
    holes = np.maximum(holes, bump(0, mouth_line(wearer), 0.2, 0.06))
    return area * (1 - np.clip(holes, 0, 1))
