"""Hair, beard and glasses, laid over a face."""

from functools import lru_cache

import cv2
import numpy as np

from anomaly_fas.simulation.anatomy import head, mouth_line, nose_tip
from anomaly_fas.simulation.grid import Image, X, Y, blur, bump, interpolate, mix, noise, step
from anomaly_fas.simulation.person import Person
from anomaly_fas.simulation.shading import Surface


def groom(face: Surface, person: Person) -> None:
    """Add beard, hair and glasses to a face."""
    colour, strands, scalp, beard = _growth(person)
    if person.beard or person.moustache:
        face.albedo[:] = mix(face.albedo, colour * 0.8, beard)
        face.gloss *= 1 - 0.5 * beard
        face.height += 0.008 * beard
    if person.glasses:
        _wear_glasses(face, person)
    if person.hair_length:
        face.alpha[:] = np.maximum(face.alpha, scalp)
        weight = scalp / np.maximum(face.alpha, 1e-3)
        face.albedo[:] = mix(face.albedo, colour * strands[..., None], weight)
        face.height += scalp * (0.05 + 0.012 * (strands - 1))
        face.gloss[:] = mix(face.gloss, 0.06, scalp)
        face.polish[:] = mix(face.polish, 0.35, scalp)
        face.translucency[:] = mix(face.translucency, 0.1, scalp)


@lru_cache(maxsize=4)
def _growth(person: Person) -> tuple[Image, Image, Image, Image]:
    rng = np.random.default_rng(person.seed + 17)
    colour = np.array(person.hair_colour, np.float32)
    strands = _strands(rng)
    return colour, strands, _scalp(person, strands, rng), _beard(person, rng)


def _strands(rng: np.random.Generator) -> Image:
    """Brightness of hair along its strands, around 1."""
    height, width = X.shape
    fine = rng.standard_normal((14, width), dtype=np.float32)
    locks = rng.standard_normal((6, 24), dtype=np.float32)
    texture: Image = 0.3 * cv2.resize(fine, (width, height), interpolation=cv2.INTER_CUBIC)
    texture += 0.25 * cv2.resize(locks, (width, height), interpolation=cv2.INTER_CUBIC)
    columns = np.arange(width, dtype=np.float32) + 10 * noise(rng, 3)
    rows = np.tile(np.arange(height, dtype=np.float32)[:, None], (1, width))
    return np.clip(1 + interpolate(texture, columns, rows, cv2.BORDER_REFLECT), 0.25, 2.2)


def _scalp(person: Person, strands: Image, rng: np.random.Generator) -> Image:
    length = person.hair_length
    outline = head(person).outline[:, None]
    edge = 0.07 * (strands - 1) + 0.025 * noise(rng, 8)
    thick = 0.05 + 0.10 * length
    crown_y, rise = -0.35, 0.83 + thick
    crown = 1 - (X / (person.width + thick)) ** 2 - ((Y - crown_y) / rise) ** 2
    within = step(crown + 0.6 * edge, -0.03, 0.07) * step(Y, 0.15, -0.25)
    part = float(rng.uniform(-0.25, 0.25))
    hairline = person.hairline + 0.55 * np.abs(X - part) ** 2.6 + 1.4 * edge
    temples = outline - np.abs(X) - 0.10 * step(Y, -0.15, -0.7)
    above = np.maximum(step(Y - hairline, 0.03, -0.03), step(temples + 0.5 * edge, 0.02, -0.02))
    scalp = within * above
    if length > 0.62:
        fall = 0.1 + 1.3 * (length - 0.6) / 0.4
        behind = np.abs(X) - outline * (0.97 + 0.05 * noise(rng, 3)[:, :1])
        outer = person.width + thick + 0.05 * np.sin(2.2 * (Y + 0.9)) + 0.5 * edge
        sides = step(behind + 0.4 * edge, -0.01, 0.03) * step(np.abs(X) - outer, 0.02, -0.02)
        sides = sides * step(Y + 2 * edge, fall + 0.15, fall - 0.15) * step(Y, -0.6, -0.4)
        scalp = np.maximum(scalp, sides)
    return scalp


def _beard(person: Person, rng: np.random.Generator) -> Image:
    mouth, tip = mouth_line(person), nose_tip(person)
    grain = np.clip(0.75 + 0.35 * noise(rng, X.shape[1] // 2) + 0.15 * noise(rng, 20), 0, 1.2)
    inside = step(head(person).outline[:, None] - np.abs(X), -0.02, 0.05)
    lips = bump(0, mouth + 0.01, person.mouth_width * 0.8, person.lips * 1.3)
    cheeks = step(Y - (mouth - 0.02 - 0.5 * np.clip(np.abs(X) - 0.2, 0, 1)), -0.06, 0.1)
    beard = person.beard * cheeks * (1 - np.clip(1.3 * lips, 0, 1)) * inside
    lip_y = (tip + mouth) / 2 + 0.02
    moustache = max(person.moustache, 0.8 * person.beard) * bump(0, lip_y, 0.2, 0.045)
    moustache = moustache * step(Y, tip + 0.04, tip + 0.09)
    return blur(np.clip(np.maximum(beard, moustache) * grain, 0, 0.95), 0.6)


def _wear_glasses(face: Surface, person: Person) -> None:
    rng = np.random.default_rng(person.seed + 29)
    colour = np.full(3, rng.uniform(0.01, 0.12), np.float32) * rng.uniform(0.5, 1.0, 3)
    radius, thick = float(rng.uniform(0.20, 0.25)), float(rng.uniform(0.012, 0.028))
    frame = np.zeros_like(X)
    for side in (-1, 1):
        dx = np.abs(X - side * person.eye_distance) / np.float32(radius)
        dy = np.abs(Y + 0.12) / np.float32(radius * 0.8)
        distance = ((dx**3 + dy**3) ** np.float32(1 / 3) - 1) * np.float32(radius)
        frame = np.maximum(frame, step(np.abs(distance), thick + 0.008, thick - 0.004))
        arm = step(np.abs(Y + 0.17), 0.022, 0.012) * step(
            X * side, person.eye_distance + radius - 0.01, person.eye_distance + radius + 0.01
        )
        frame = np.maximum(frame, arm * step(X * side, person.width + 0.02, person.width))
    bridge = step(np.abs(Y + 0.17), 0.02, 0.012) * step(
        np.abs(X), person.eye_distance - radius + 0.01, person.eye_distance - radius - 0.01
    )
    frame = np.maximum(frame, bridge)
    face.albedo[:] = mix(face.albedo, colour, frame)
    face.height += 0.035 * frame
    face.gloss[:] = mix(face.gloss, 0.5, frame)
    face.polish[:] = mix(face.polish, 0.8, frame)
    face.translucency *= 1 - frame
