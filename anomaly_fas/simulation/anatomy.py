"""The parts of a head that stay the same from capture to capture: its relief and its skin.

The reflectance of skin is that of a pigment-free base dimmed by melanin and haemoglobin after
Lambert-Beer, as in Tsumura et al., "Image-based skin color and texture analysis/synthesis",
SIGGRAPH 2003. The absorbances are set so that melanin 0.05 and 1.15 give the sRGB colours of very
light and of dark brown skin.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from anomaly_fas.simulation.grid import COLUMNS, ROWS, Image, X, Y, blur, bump, noise, step
from anomaly_fas.simulation.person import Person

_BASE: Final = np.array([0.86, 0.66, 0.54], dtype=np.float32)
_MELANIN: Final = np.array([1.45, 1.85, 2.20], dtype=np.float32)
_HAEMOGLOBIN: Final = np.array([0.10, 0.58, 0.44], dtype=np.float32)


@dataclass(frozen=True)
class Head:
    """A neutral head without eyes, mouth and hair, which change or are laid on top.

    Attributes:
        height: z of the skin, shape [rows, columns].
        melanin: pigment density, the same shape as all that follow but `outline`.
        haemoglobin: pigment density.
        gloss: strength of the surface reflection of skin.
        outline: half width of the head at each row, shape [rows].
        alpha: coverage of head and ears.
    """

    height: Image
    melanin: Image
    haemoglobin: Image
    gloss: Image
    outline: Image
    alpha: Image


@lru_cache(maxsize=4)
def head(person: Person) -> Head:
    """Build a person's head; the same person always has the same."""
    rng = np.random.default_rng(person.seed)
    outline = _outline(person)
    inside = outline[:, None] - np.abs(X)
    ears = _ears(person)
    return Head(
        height=_relief(person, outline, rng) + 0.05 * ears,
        melanin=_melanin(person, rng),
        haemoglobin=_haemoglobin(person, rng),
        gloss=_gloss(person, rng),
        outline=outline,
        alpha=np.maximum(step(inside, -0.008, 0.012), step(ears, 0.35, 0.6)),
    )


def reflectance(melanin: Image, haemoglobin: Image) -> Image:
    """Compute the linear RGB reflectance of skin.

    Args:
        melanin: density, 0 to about 1.2, any shape.
        haemoglobin: density, 0 to about 1.5, the same shape.

    Returns:
        The same shape with a last axis of 3, in (0, 1).
    """
    pigments = zip(_BASE, _MELANIN, _HAEMOGLOBIN, strict=True)
    planes = [base * np.exp(-(melanin * m + haemoglobin * h)) for base, m, h in pigments]
    return np.stack(planes, axis=-1)


def nose_tip(person: Person) -> float:
    """Return y of the tip of the nose."""
    return -0.13 + person.nose_length


def mouth_line(person: Person) -> float:
    """Return y of the closed mouth."""
    return nose_tip(person) + 0.3 + 0.15 * (person.chin - 0.95)


def _outline(person: Person) -> Image:
    y = Y[:, 0]
    above = np.clip((-0.2 - y) / 0.92, 0, 1)
    below = np.clip((y - 0.05) / (person.chin + 0.07 - 0.05), 0, 1)
    jaw = 1.5 + 1.9 * person.jaw
    return person.width * np.sqrt((1 - above**2.3) * (1 - below**jaw)).astype(np.float32)


def _ears(person: Person) -> Image:
    ears = np.zeros((ROWS, COLUMNS), np.float32)
    for side in (-1, 1):
        ears += bump(side * (person.width + 0.015), 0.0, 0.045, 0.13)
    return ears


def _relief(person: Person, outline: Image, rng: np.random.Generator) -> Image:
    across = np.clip(np.abs(X) / np.maximum(outline, 1e-3)[:, None], 0, 1)
    profile = np.sqrt(np.clip(1 - ((Y[:, 0] + 0.1) / 1.32) ** 4, 0.03, 1))
    relief = 0.66 * profile[:, None] * np.sqrt(1.02 - across**2.6)
    relief = blur(relief, 3.0)
    for side in (-1, 1):
        eye = side * person.eye_distance
        relief -= 0.085 * bump(eye * 0.95, -0.175, 0.15, 0.085)
        relief += person.brow_ridge * bump(eye * 0.9, -0.31, 0.17, 0.05)
        relief += person.cheeks * bump(side * 0.42, 0.14, 0.17, 0.15)
    relief += 0.05 * bump(0, mouth_line(person), 0.22, 0.14)
    relief += 0.08 * bump(0, person.chin - 0.1, 0.13, 0.09)
    relief -= 0.03 * bump(0, (mouth_line(person) + person.chin) / 2 + 0.02, 0.14, 0.03)
    relief += _nose(person)
    relief -= person.wrinkles * _folds(person, rng)
    return relief + 0.0011 * _pores(rng)


def _nose(person: Person) -> Image:
    tip, height, width = nose_tip(person), person.nose_height, person.nose_width
    along = np.clip((Y + 0.30) / (tip + 0.30), 0, 1)
    thickness = 0.060 + 0.030 * along
    ridge = along**1.2 * np.exp(-0.5 * (X / thickness) ** 2) * step(Y, tip + 0.08, tip - 0.05)
    nose = 0.50 * height * ridge
    nose += 0.34 * height * bump(0, tip - 0.02, 0.075, 0.065)
    for side in (-1, 1):
        nose += 0.26 * height * bump(side * width * 0.68, tip + 0.005, 0.05, 0.05)
        nose -= 0.025 * bump(side * width * 0.42, tip + 0.06, 0.03, 0.02)
    return blur(nose, 1.5)


def _folds(person: Person, rng: np.random.Generator) -> Image:
    """Depth of nasolabial folds, forehead lines and crow's feet."""
    tip, mouth = nose_tip(person), mouth_line(person)
    folds = np.zeros((ROWS, COLUMNS), np.float32)
    for side in (-1, 1):
        t = np.clip((Y - tip) / (mouth + 0.1 - tip), -0.3, 1.3)
        middle = side * (person.nose_width + 0.03 + 0.16 * t)
        folds += (
            0.035 * np.exp(-0.5 * ((X - middle) / 0.022) ** 2) * step(np.abs(t - 0.5), 0.75, 0.4)
        )
        spread = np.sin((Y + 0.15) * 55 + 3 * (side * X))
        folds += 0.008 * spread * bump(side * (person.eye_distance + 0.24), -0.14, 0.06, 0.08)
    wave = np.sin((Y + 0.025 * noise(rng, 6)) * np.float32(rng.uniform(40, 60)))
    folds += 0.006 * wave * np.clip(0.6 + 0.5 * noise(rng, 5), 0, 1) * bump(0, -0.58, 0.3, 0.09)
    return folds


def _melanin(person: Person, rng: np.random.Generator) -> Image:
    density = np.full((ROWS, COLUMNS), person.melanin, np.float32)
    density *= 1 + 0.05 * noise(rng, 6) + 0.03 * noise(rng, 40)
    density += 0.5 * person.freckles * _spots(rng, 90, 0.7) * bump(0, 0.02, 0.4, 0.14)
    density += 0.9 * _spots(rng, int(rng.integers(0, 7)), 1.1)
    for side in (-1, 1):
        shadow = 0.10 + 0.10 * person.wrinkles
        density += shadow * bump(side * person.eye_distance, -0.03, 0.12, 0.035)
    return np.maximum(density, 0.01)


def _haemoglobin(person: Person, rng: np.random.Generator) -> Image:
    density = np.full((ROWS, COLUMNS), 0.25 + 0.3 * person.redness, np.float32)
    mottling = 0.7 * noise(rng, 10) + 0.5 * noise(rng, 28) + 0.4 * noise(rng, 70)
    density += 0.07 * (mottling + 0.2 * noise(rng, 150))
    tip = nose_tip(person)
    density += 0.30 * person.redness * bump(0, tip, 0.13, 0.10)
    for side in (-1, 1):
        density += 0.40 * person.redness * bump(side * 0.42, 0.2, 0.17, 0.14)
        density += 0.15 * bump(side * person.eye_distance, -0.2, 0.16, 0.07)
        density += 1.6 * bump(side * person.nose_width * 0.42, tip + 0.062, 0.03, 0.014)
        density += 0.25 * bump(side * (person.width + 0.02), 0.0, 0.05, 0.12)
    return np.maximum(density, 0.05)


def _gloss(person: Person, rng: np.random.Generator) -> Image:
    oily = 1 + 0.5 * float(np.clip(rng.standard_normal(), -1, 2))
    gloss = 0.05 + 0.05 * oily * bump(0, -0.55, 0.4, 0.18)
    gloss += 0.09 * oily * bump(0, nose_tip(person) - 0.12, 0.08, 0.2)
    for side in (-1, 1):
        gloss += 0.05 * oily * bump(side * 0.4, 0.08, 0.13, 0.1)
    return gloss * (1 + 0.25 * noise(rng, 60)).clip(0.3, 2)


def _pores(rng: np.random.Generator) -> Image:
    """Fine relief of the skin, unit variance, at the scale of the grid's pixels."""
    fine = rng.standard_normal(noise(rng, 2).shape, dtype=np.float32)
    relief = blur(fine, 0.8) - blur(fine, 2.0)
    return relief / np.float32(relief.std())


def _spots(rng: np.random.Generator, count: int, size: float) -> Image:
    """Moles or freckles: round spots of height 0 to 1, `size` in pixels of the grid."""
    image = np.zeros_like(noise(rng, 2))
    rows = rng.integers(0, image.shape[0], count)
    columns = rng.integers(0, image.shape[1], count)
    image[rows, columns] = rng.uniform(0.3, 1.0, count).astype(np.float32)
    return blur(image, size) * np.float32(2 * np.pi * size**2)
