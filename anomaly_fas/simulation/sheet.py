"""Print attack: a picture printed on paper and held before a camera."""

from typing import Final

import cv2
import numpy as np

from anomaly_fas.simulation.anatomy import reflectance
from anomaly_fas.simulation.camera import Scene
from anomaly_fas.simulation.flat import Held, hold, placement
from anomaly_fas.simulation.grid import Image, blur, coloured, in_each_channel, mix, step
from anomaly_fas.simulation.lighting import Light
from anomaly_fas.simulation.picture import Picture, Place, background
from anomaly_fas.simulation.printing import PRINTERS, ink_on_paper, separate
from anomaly_fas.simulation.shading import crop_grid
from anomaly_fas.types import FinePai

_DEFOCUS: Final = 0.008
"""Blur of a sheet that is held nearer than a webcam is focussed on, in crop widths."""

_COLDNESS: Final = 0.3
"""The most by which paper comes out colder; chosen on real prints, see `experiments/realism`."""


def coldness(rng: np.random.Generator) -> float:
    """Draw a sheet's coldness: log gain of blue, and loss of red, that no white balance removes.

    Brighteners fluoresce in blue.
    """
    return float(rng.uniform(0, _COLDNESS))


def print_attack(
    rng: np.random.Generator, picture: Picture, quality: FinePai, lit: Light, place: Place
) -> Scene:
    """Draw a scene with a printed picture that is held before a place."""
    printer = PRINTERS[quality]
    ink = separate(picture.image, printer)
    how = placement(rng, bend=0.45)
    seed = int(rng.integers(2**31))
    margin = float(rng.choice([0.0, 0.04, 0.08]))
    focus = abs(float(rng.normal(0, _DEFOCUS)))
    fingers = [_finger(rng) for _ in range(int(rng.integers(0, 3)))]

    def scene(size: int) -> Image:
        held = hold(how, size)
        aperture = 1 / (size * how.scale)
        page = ink_on_paper(ink, held.u, held.v, printer, aperture, seed)
        page = mix(np.full_like(page, 0.85), page, held.inside)
        sheet = page * _diffuse(held, lit) + _sheen(held, lit, printer.gloss)
        on_sheet = held.within(0.5, margin)
        behind = background(np.random.default_rng(seed), place, lit, size)
        behind *= in_each_channel(1 - 0.35 * blur(on_sheet, size / 24))
        scene = mix(behind, sheet, on_sheet)
        for finger in fingers:
            scene = _hold_with(scene, finger, lit, size)
        return blur(scene, max(focus * size, 0.1))

    return scene


def _diffuse(held: Held, lit: Light) -> Image:
    upwards = 0.5 - 0.5 * held.normal[..., 1]
    skylight = zip(lit.below, lit.above, strict=True)
    irradiance = cv2.merge([below + upwards * (above - below) for below, above in skylight])
    for lamp in lit.lamps:
        irradiance += coloured(np.clip(held.normal @ lamp.direction, 0, 1), lamp.colour)
    return irradiance


def _sheen(held: Held, lit: Light, gloss: float) -> Image:
    key = lit.lamps[0]
    half = key.direction + np.array([0, 0, 1], np.float32)
    half /= np.linalg.norm(half)
    facing = np.clip(held.normal @ half.astype(np.float32), 0, 1)
    shine = 1.2 * facing ** (14 + 50 * gloss)
    colours = zip(key.colour, lit.above, strict=True)
    return cv2.merge([gloss * (shine * lamp + 0.25 * above) for lamp, above in colours])


def _finger(rng: np.random.Generator) -> tuple[float, float, float, float]:
    """Position, side and skin of a finger at the sheet's edge."""
    side = float(rng.choice([-1, 1]))
    across, down, melanin = rng.uniform([0.86, -0.6, 0.1], [1.0, 0.9, 0.9]).tolist()
    return side * across, down, side, melanin


def _hold_with(
    scene: Image, finger: tuple[float, float, float, float], lit: Light, size: int
) -> Image:
    x, y = crop_grid(size, 1.0)
    tip_x, tip_y, side, melanin = finger
    across = np.clip((x - tip_x) * side, -1, 1)
    thickness = 0.09 * np.sqrt(np.clip(across / 0.09 + 1, 0, 1))
    round_ = np.clip(1 - ((y - tip_y) / np.maximum(thickness, 1e-3)) ** 2, 0, 1)
    alpha = step(np.abs(y - tip_y) - thickness, 0.01, -0.01) * step(across, -0.09, -0.07)
    colour = reflectance(np.array([melanin], np.float32), np.array([0.5], np.float32))[0]
    flesh = coloured(np.sqrt(round_), colour)
    return mix(scene, flesh * np.float32(lit.mean), alpha)
