"""Replay attack: a picture shown on a screen and held before a camera.

The screen is a grid of pixels of three coloured stripes between black lines. It is evaluated at the
camera's sample positions; moiré is what is left of the two grids after the camera has sampled.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from anomaly_fas.simulation.camera import Scene
from anomaly_fas.simulation.flat import Held, hold, placement
from anomaly_fas.simulation.grid import Image, blur, in_each_channel, mix
from anomaly_fas.simulation.lighting import Light
from anomaly_fas.simulation.picture import Picture, Place, background
from anomaly_fas.types import FinePai


@dataclass(frozen=True)
class Screen:
    """A display.

    Attributes:
        pixels: range of the number of pixels across the picture.
        lines: width of the black lines between pixels, as a share of the pixel.
        black: light of a black pixel, as a share of white.
        gamut: purity of the primaries, 0 to 1.
        reflectance: of the glass, diffuse share and mirror share.
    """

    pixels: tuple[int, int]
    lines: float
    black: float
    gamut: float
    reflectance: tuple[float, float]


SCREENS: Final[Mapping[FinePai, Screen]] = {
    FinePai.REPLAY_LOW: Screen((110, 150), 0.28, 0.030, 0.72, (0.040, 0.02)),
    FinePai.REPLAY_MEDIUM: Screen((170, 240), 0.20, 0.012, 0.88, (0.020, 0.04)),
    FinePai.REPLAY_HIGH: Screen((300, 460), 0.14, 0.004, 1.00, (0.006, 0.05)),
}

_WHITE: Final = np.array([0.93, 1.0, 1.12], np.float32)


def replay_attack(
    rng: np.random.Generator, picture: Picture, quality: FinePai, lit: Light, place: Place
) -> Scene:
    """Draw a scene with a picture on a screen; the place is behind it, and mirrored in it."""
    screen = SCREENS[quality]
    pixels = int(rng.integers(*screen.pixels))
    how = placement(rng, bend=0.0)
    brightness = lit.mean * float(rng.uniform(0.9, 2.6))
    white = _WHITE * np.exp(rng.normal(0, 0.04, 3)).astype(np.float32)
    shown = _driven(picture.image, pixels, screen) * white
    seed = int(rng.integers(2**31))
    glare = _glare(rng)
    flicker = (float(rng.uniform(0, 0.05)), float(rng.uniform(2, 9)), float(rng.uniform(0, 6)))

    def scene(size: int) -> Image:
        held = hold(how, size)
        light = _emission(shown, held, pixels, screen, 1 / (size * how.scale)) * brightness
        light *= _rolling(size, flicker)
        diffuse, mirror = screen.reflectance
        around = background(np.random.default_rng(seed), place, lit, size)
        reflected = cv2.flip(blur(around, size / 10), 1) + in_each_channel(glare(size)) * lit.mean
        glass = light * in_each_channel(held.inside) + diffuse * lit.mean + mirror * reflected
        return mix(around, glass, held.within(0.54))

    return scene


def _driven(image: Image, pixels: int, screen: Screen) -> Image:
    """Linear light of each display pixel, shape [pixels, pixels, 3]."""
    small = cv2.resize(image, (pixels, pixels), interpolation=cv2.INTER_AREA)
    linear = (small.astype(np.float32) / 255) ** np.float32(2.2)
    grey = linear.mean(axis=-1, keepdims=True)
    linear = grey + (linear - grey) * np.float32(screen.gamut)
    return screen.black + (1 - screen.black) * np.clip(linear, 0, 1)


def _emission(shown: Image, held: Held, pixels: int, screen: Screen, aperture: float) -> Image:
    column, row = held.u * np.float32(pixels), held.v * np.float32(pixels)
    colour = cv2.remap(
        shown, np.floor(column), np.floor(row), cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE
    )
    # Only the fundamental of the pixel grid: what a lens passes of its harmonics is negligible.
    # Of a fundamental finer than the sampling, the lens passes the less the finer it is.
    contrast = np.float32(np.exp(-2 * (pixels * aperture) ** 2) * (0.7 + screen.lines))
    turn = np.float32(2 * np.pi)
    thirds = np.array([1 / 6, 1 / 2, 5 / 6], np.float32)
    stripes = cv2.merge([1 + contrast * np.cos((column - third) * turn) for third in thirds])
    rows = 1 + np.float32(2 * screen.lines) * contrast * np.cos((row - np.float32(0.5)) * turn)
    return colour * stripes * in_each_channel(rows)


def _rolling(size: int, flicker: tuple[float, float, float]) -> Image:
    """Bands that a rolling shutter makes of a backlight that is dimmed by switching."""
    depth, bands, phase = flicker
    wave = np.sin(np.linspace(phase, phase + 2 * np.pi * bands, size, dtype=np.float32))
    return (1 + np.float32(depth) * wave)[:, None, None]


def _glare(rng: np.random.Generator) -> Callable[[int], Image]:
    """The mirror image of a lamp or window."""
    strength = float(rng.uniform(2, 12)) if rng.random() < 0.45 else 0.0
    x, y = rng.uniform(0.1, 0.9, 2)
    width, height = rng.uniform(0.05, 0.3, 2)
    softness = float(rng.uniform(0.01, 0.06))

    def image(size: int) -> Image:
        patch = np.zeros((size, size), np.float32)
        low = int((x - width / 2) * size), int((y - height / 2) * size)
        high = int((x + width / 2) * size), int((y + height / 2) * size)
        cv2.rectangle(patch, low, high, strength, -1)
        return blur(patch, softness * size)

    return image
