"""The parts of a face that move: eyes, brows and mouth, drawn on a neutral head."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from anomaly_fas.simulation.anatomy import head, mouth_line, reflectance
from anomaly_fas.simulation.grid import COLUMNS, ROWS, Image, Window, blur, bump, mix, step
from anomaly_fas.simulation.person import Person
from anomaly_fas.simulation.shading import Surface


@dataclass(frozen=True)
class Expression:
    """What the face does.

    Attributes:
        openness: of the eyes, 0 shut, 1 open.
        gaze: shift of the pupils in eye widths, (x, y).
        smile: -0.4 sad to 1 broad.
        gape: opening of the mouth, 0 to 1.
        brows: lift of the brows, -1 to 1.
    """

    openness: float = 1.0
    gaze: tuple[float, float] = (0.0, 0.0)
    smile: float = 0.0
    gape: float = 0.0
    brows: float = 0.0


def expression(rng: np.random.Generator) -> Expression:
    """Draw an everyday expression: mostly neutral, sometimes a smile, speech or a blink."""
    blinks = rng.random() < 0.04
    return Expression(
        openness=0.08 if blinks else float(rng.uniform(0.75, 1.1)),
        gaze=(float(rng.normal(0, 0.1)), float(rng.normal(0, 0.05))),
        smile=float(rng.uniform(0.3, 0.9) if rng.random() < 0.3 else rng.normal(0, 0.12)),
        gape=float(rng.uniform(0.2, 0.8)) if rng.random() < 0.2 else 0.0,
        brows=float(rng.normal(0, 0.3)),
    )


def bare_face(person: Person, state: Expression) -> Surface:
    """Build the face of a person in a state, without hair and glasses."""
    base = head(person)
    haemoglobin, height, gloss = base.haemoglobin.copy(), base.height.copy(), base.gloss.copy()
    mouth = _Mouth(person, state)
    mouth.shape(haemoglobin, height, gloss)
    if state.smile > 0:
        _raise_cheeks(person, state.smile, height)
    face = Surface(
        height=height,
        albedo=reflectance(base.melanin, haemoglobin),
        gloss=gloss,
        polish=np.full_like(height, 0.25),
        translucency=np.ones_like(height),
        alpha=base.alpha.copy(),
    )
    mouth.open(face)
    for side in (-1, 1):
        _draw_eye(face, person, state, side)
        _draw_brow(face, person, state, side)
    return face


def lip_coverage(person: Person, state: Expression) -> Image:
    """Compute where the lips are, over the whole grid."""
    mouth = _Mouth(person, state)
    coverage = np.zeros((ROWS, COLUMNS), np.float32)
    coverage[mouth.window.part] = mouth.lips * (1 - mouth.gap)
    return coverage


def eye_grid(person: Person, side: int) -> tuple[Window, Image, Image]:
    """Return a window around one eye, and in it the eye's own coordinates.

    Returns:
        The window; u, which is -1 at the inner and 1 at the outer corner; and v, which points
        down, in eye widths.
    """
    x, y, width = side * person.eye_distance, -0.15, np.float32(person.eye_width)
    window = Window(x - 0.3, x + 0.3, y - 0.26, y + 0.22)
    dx, dy = (window.grid[0] - np.float32(x)) * side, window.grid[1] - np.float32(y)
    return window, dx / width, (dy + np.float32(person.eye_tilt) * dx) / width


def at_eyes(person: Person, shape: Callable[[Image, Image], Image]) -> Image:
    """Draw a shape, coverage in the coordinates u and v of an eye, at both eyes."""
    image = np.zeros((ROWS, COLUMNS), np.float32)
    for side in (-1, 1):
        window, u, v = eye_grid(person, side)
        image[window.part] = np.maximum(image[window.part], shape(u, v))
    return image


def _draw_eye(face: Surface, person: Person, state: Expression, side: int) -> None:
    """Draw one eye: eyeball, iris, pupil, lids and lashes."""
    window, u, v = eye_grid(person, side)
    part = window.part
    arch = np.clip(1 - u**2, 0, 1) ** np.float32(0.75)
    upper = -0.50 * state.openness * arch + 0.04
    lower = (0.30 * min(state.openness, 1) * arch * (1 - 0.25 * max(state.smile, 0))) + 0.04
    inside = step(v, upper - 0.03, upper + 0.05) * step(v, lower + 0.04, lower - 0.05)
    inside *= step(np.abs(u), 1.02, 0.94)

    rim = np.sqrt((u - side * state.gaze[0]) ** 2 + (v + 0.06 - state.gaze[1]) ** 2)
    ball = np.array([0.50, 0.45, 0.41], np.float32) * (1 - 0.45 * np.abs(u) ** 3)[..., None]
    ball = ball * (0.55 + 0.45 * step(v - upper, 0.0, 0.30))[..., None]
    iris = np.array(person.iris, np.float32) * (0.7 + 1.1 * step(rim, 0.15, 0.42))[..., None]
    ball = mix(ball, iris, step(rim, 0.47, 0.40))
    ball = mix(ball, 0.35 * iris, bump(0.44, 0, 0.035, 1, (rim, 0 * rim)))
    ball = mix(ball, 0.012, step(rim, 0.20, 0.15))

    lash = np.exp(-0.5 * ((v - upper) / 0.055) ** 2) * step(np.abs(u), 1.08, 0.85)
    under = np.exp(-0.5 * ((v - lower) / 0.05) ** 2) * step(np.abs(u), 1.05, 0.7)
    crease = np.exp(-0.5 * ((v - upper + 0.20) / 0.05) ** 2) * step(np.abs(u), 1.1, 0.6)
    albedo = face.albedo[part]
    albedo = albedo * (1 - 0.35 * crease - 0.25 * under)[..., None]
    albedo = mix(mix(albedo, ball, inside), 0.02, 0.85 * lash)
    face.albedo[part] = albedo
    face.height[part] += 0.035 * bump(0, 0, 0.7, 0.45, (u, v)) - 0.012 * crease
    face.gloss[part] = mix(face.gloss[part], 0.05, inside)
    face.polish[part] = mix(face.polish[part], 1.0, inside)
    face.translucency[part] = mix(face.translucency[part], 0.3, inside)


def _draw_brow(face: Surface, person: Person, state: Expression, side: int) -> None:
    x, y = side * person.eye_distance, person.brow_height - 0.035 * state.brows
    window = Window(x - 0.34, x + 0.34, y - 0.2, y + 0.2)
    dx = (window.grid[0] - np.float32(x)) * side
    along = dx / np.float32(0.24)
    arch = y - 0.05 * (1 - (along - 0.25) ** 2) + 0.03
    thickness = person.brow_weight * np.clip(1.05 - 0.45 * along, 0.25, 1.4)
    hairs = np.random.default_rng(person.seed + side).standard_normal(along.shape, np.float32)
    strength = np.exp(-0.5 * ((window.grid[1] - arch) / thickness) ** 2)
    strength = strength * step(np.abs(along), 1.05, 0.8) * (0.75 + 0.22 * blur(hairs, 0.6) * 2)
    colour = 0.45 * np.array(person.hair_colour, np.float32) + 0.004
    part = window.part
    face.albedo[part] = mix(face.albedo[part], colour, np.clip(strength, 0, 0.92))
    face.gloss[part] *= 1 - 0.6 * np.clip(strength, 0, 1)


def _raise_cheeks(person: Person, smile: float, height: Image) -> None:
    for side in (-1, 1):
        window = Window(side * 0.34 - 0.4, side * 0.34 + 0.4, -0.1, 0.8)
        height[window.part] += 0.05 * smile * bump(side * 0.36, 0.26, 0.12, 0.1, window.grid)
        fold = (window.grid[0] * side - (0.24 + 0.3 * (window.grid[1] - 0.3))) / np.float32(0.025)
        height[window.part] -= (
            0.02 * smile * np.exp(-0.5 * fold**2) * bump(side * 0.3, 0.44, 0.14, 0.13, window.grid)
        )


class _Mouth:
    """Lips and what is between them."""

    def __init__(self, person: Person, state: Expression) -> None:
        y = mouth_line(person)
        self.window = Window(-0.5, 0.5, y - 0.3, y + 0.36)
        self.gape = state.gape
        width = person.mouth_width * (1 + 0.16 * state.smile - 0.12 * state.gape)
        x, lip = self.window.grid[0], person.lips
        self.along = x / np.float32(width)
        arch = np.clip(1 - self.along**2, 0, 1)
        line = y - 0.055 * state.smile * np.clip(np.abs(self.along), 0, 1.2) ** 2
        opening = 0.13 * state.gape * np.sqrt(arch)
        bow = 1 - 0.22 * np.exp(-0.5 * (x / 0.03) ** 2)
        self.top = line - 0.35 * opening - lip * bow * arch**0.6
        self.upper = line - 0.35 * opening
        self.lower = line + 0.65 * opening
        self.bottom = self.lower + 1.15 * lip * arch**0.5
        y_grid = self.window.grid[1]
        ends = step(np.abs(self.along), 1.03, 0.93)
        self.lips = step(y_grid, self.top - 0.012, self.top + 0.012)
        self.lips = self.lips * step(y_grid, self.bottom + 0.012, self.bottom - 0.012) * ends
        self.gap = step(y_grid, self.upper - 0.008, self.upper + 0.008) * ends
        self.gap = self.gap * step(y_grid, self.lower + 0.008, self.lower - 0.008)

    def shape(self, haemoglobin: Image, height: Image, gloss: Image) -> None:
        haemoglobin[self.window.part] += 0.85 * self.lips
        for edges, size in ((self.top + self.upper, 0.030), (self.lower + self.bottom, 0.036)):
            ridge = np.exp(-0.5 * ((self.window.grid[1] - edges / 2) / 0.04) ** 2)
            height[self.window.part] += size * ridge * step(np.abs(self.along), 1.0, 0.3)
        gloss[self.window.part] += 0.10 * self.lips

    def open(self, face: Surface) -> None:
        part, y = self.window.part, self.window.grid[1]
        seam = np.exp(-0.5 * ((y - (self.upper + self.lower) / 2) / 0.011) ** 2)
        seam = seam * step(np.abs(self.along), 1.08, 0.9) * (1 - self.gap)
        face.albedo[part] *= (1 - 0.6 * seam)[..., None]
        if self.gape <= 0:
            return
        inside = np.full((*y.shape, 3), (0.05, 0.012, 0.012), np.float32)
        teeth = step(y, self.upper + 0.05, self.upper + 0.035) * step(np.abs(self.along), 0.75, 0.6)
        inside = mix(inside, np.array([0.50, 0.46, 0.38], np.float32), teeth)
        face.albedo[part] = mix(face.albedo[part], inside, self.gap)
        face.height[part] -= 0.05 * self.gap
        face.gloss[part] = mix(face.gloss[part], 0.12, self.gap)
