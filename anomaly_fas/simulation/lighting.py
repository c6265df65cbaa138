"""Light that falls on the scene: a key light, a fill and the light of the surroundings."""

from dataclasses import dataclass

import numpy as np

from anomaly_fas.types import Lighting


@dataclass(frozen=True)
class Lamp:
    """A distant lamp.

    Attributes:
        direction: unit vector towards the lamp (x right, y down, z to the camera).
        colour: linear RGB irradiance on a surface that faces it.
        softness: 0 for a point, 1 for a wide window; it blurs highlights.
    """

    direction: np.ndarray
    colour: np.ndarray
    softness: float


@dataclass(frozen=True)
class Light:
    """The lighting of a scene.

    Attributes:
        lamps: the key light first.
        above: linear RGB radiance of the surroundings' upper half.
        below: the same of the lower half.
    """

    lamps: tuple[Lamp, ...]
    above: np.ndarray
    below: np.ndarray

    @property
    def mean(self) -> float:
        """Irradiance on a white card that faces the camera."""
        total = (self.above.mean() + self.below.mean()) / 2
        return float(total + sum(lamp.colour.mean() * lamp.direction[2] for lamp in self.lamps))


def light(rng: np.random.Generator, lighting: Lighting) -> Light:
    """Draw the lighting of a capture.

    Controlled light is diffuse, frontal and neutral. Adverse light has a strong lamp or window
    from one side, from above or from behind, a colour cast, and little fill.
    """
    if lighting is Lighting.CONTROLLED:
        key = Lamp(
            _direction(rng.normal(0, 0.35), rng.uniform(-0.7, -0.1)),
            _white(rng, 6000, 500) * rng.uniform(0.35, 0.6),
            float(rng.uniform(0.4, 1.0)),
        )
        fill = Lamp(
            _direction(rng.normal(0, 0.6), rng.uniform(-0.4, 0.1)),
            _white(rng, 6000, 500) * rng.uniform(0.1, 0.3),
            1.0,
        )
        ambient = _white(rng, 6000, 600) * rng.uniform(0.35, 0.55)
        return Light((key, fill), ambient, ambient * rng.uniform(0.6, 0.9))
    side = rng.choice([-1.0, 1.0]) * rng.uniform(0.5, 1.35)
    key = Lamp(
        _direction(side, rng.uniform(-1.0, 0.25)),
        _white(rng, rng.choice([3900, 4900, 7200]), 500) * rng.uniform(0.6, 1.1),
        float(rng.uniform(0.0, 0.6)),
    )
    ambient = _white(rng, rng.choice([4200, 5900, 7700]), 600) * rng.uniform(0.12, 0.3)
    return Light((key,), ambient, ambient * rng.uniform(0.3, 0.8))


def _direction(x: float, y: float) -> np.ndarray:
    vector = np.array([x, y, 1.0], np.float32)
    return vector / np.float32(np.linalg.norm(vector))


def _white(rng: np.random.Generator, kelvin: float, spread: float) -> np.ndarray:
    """Linear RGB of a black body near a colour temperature, of mean 1."""
    temperature = float(np.clip(rng.normal(kelvin, spread), 2500, 9500)) / 6500
    # A smooth fit to the daylight locus in linear sRGB: red falls and blue rises with temperature.
    colour = np.array([temperature**-0.75, temperature**0.02, temperature**0.95], np.float32)
    return colour / colour.mean()
