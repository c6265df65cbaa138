"""Who is in front of the camera: the parameters that tell one simulated person from another."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from anomaly_fas.types import Age, Sex, SkinTone

MELANIN: Final[Mapping[SkinTone, tuple[float, float]]] = {
    SkinTone.LIGHT_PINK: (0.05, 0.16),
    SkinTone.LIGHT_YELLOW: (0.16, 0.30),
    SkinTone.MEDIUM_PINK_BROWN: (0.30, 0.48),
    SkinTone.MEDIUM_YELLOW_BROWN: (0.48, 0.68),
    SkinTone.MEDIUM_DARK_BROWN: (0.68, 0.90),
    SkinTone.DARK_BROWN: (0.90, 1.15),
}
"""Range of the melanin density of each skin tone, see `anatomy.reflectance`."""


@dataclass(frozen=True)
class Person:
    """Face geometry, skin, hair and eyes, in the units of the canonical grid.

    Attributes:
        seed: seeds the fine texture of skin and hair.
        wrinkles: depth of the folds of age, 0 to 1.
        beard: density of beard or stubble, 0 to 1.
        hair_length: 0 bald, 0.5 short, 1 down to the shoulders.
        hair_colour: linear RGB reflectance.
    """

    seed: int
    sex: Sex
    age: Age
    skin_tone: SkinTone
    melanin: float
    redness: float
    freckles: float
    wrinkles: float
    width: float
    jaw: float
    chin: float
    cheeks: float
    brow_ridge: float
    eye_distance: float
    eye_width: float
    eye_tilt: float
    iris: tuple[float, float, float]
    brow_height: float
    brow_weight: float
    nose_length: float
    nose_width: float
    nose_height: float
    mouth_width: float
    lips: float
    hairline: float
    hair_length: float
    hair_colour: tuple[float, float, float]
    beard: float
    moustache: float
    glasses: bool


def person(
    rng: np.random.Generator, sex: Sex, age: Age, skin_tone: SkinTone, *, glasses: bool
) -> Person:
    """Draw a person of the given sex, age group and skin tone."""
    male = sex is Sex.MALE
    senior, young = age is Age.SENIOR, age is Age.YOUNG

    def around(centre: float, spread: float) -> float:
        return float(centre + spread * np.clip(rng.standard_normal(), -2, 2))

    return Person(
        seed=int(rng.integers(2**31)),
        sex=sex,
        age=age,
        skin_tone=skin_tone,
        melanin=float(rng.uniform(*MELANIN[skin_tone])),
        redness=around(0.5 + 0.12 * senior, 0.1),
        freckles=float(max(0.0, rng.normal(0.0, 0.5))) if skin_tone is SkinTone.LIGHT_PINK else 0.0,
        wrinkles=float(np.clip(around(0.85 if senior else 0.08 if young else 0.3, 0.12), 0, 1)),
        width=around(0.76 if male else 0.72, 0.025),
        jaw=around(0.72 if male else 0.58, 0.06),
        chin=around(0.98 if male else 0.93, 0.03),
        cheeks=around(0.1, 0.03),
        brow_ridge=around(0.055 if male else 0.025, 0.012),
        eye_distance=around(0.335, 0.014),
        eye_width=around(0.155 if male else 0.165, 0.009),
        eye_tilt=around(0.03, 0.05),
        iris=_iris(rng, skin_tone),
        brow_height=around(-0.345 if male else -0.37, 0.02),
        brow_weight=around(0.042 if male else 0.028, 0.005),
        nose_length=around(0.36 if male else 0.32, 0.025),
        nose_width=around(0.16 if male else 0.14, 0.016),
        nose_height=around(0.30 if male else 0.25, 0.03),
        mouth_width=around(0.28, 0.02),
        lips=around(0.062 if male else 0.078, 0.012),
        hairline=around(-0.78 - 0.1 * (senior and male), 0.04),
        hair_length=_hair_length(rng, male=male, senior=senior),
        hair_colour=_hair_colour(rng, skin_tone, senior=senior),
        beard=float(rng.uniform(0.1, 0.95)) if male and not young and rng.random() < 0.6 else 0.0,
        moustache=float(rng.uniform(0.2, 0.9)) if male and rng.random() < 0.25 else 0.0,
        glasses=glasses,
    )


def _iris(rng: np.random.Generator, skin_tone: SkinTone) -> tuple[float, float, float]:
    light = skin_tone in {SkinTone.LIGHT_PINK, SkinTone.LIGHT_YELLOW} and rng.random() < 0.5
    palette = [(0.16, 0.24, 0.34), (0.17, 0.22, 0.15)] if light else [(0.09, 0.05, 0.03)]
    red, green, blue = palette[rng.integers(len(palette))]
    gain = rng.uniform(0.7, 1.3)
    return (red * gain, green * gain, blue * gain)


def _hair_length(rng: np.random.Generator, *, male: bool, senior: bool) -> float:
    if male:
        return 0.0 if rng.random() < (0.4 if senior else 0.12) else float(rng.uniform(0.3, 0.6))
    return float(rng.uniform(0.5, 1.0))


def _hair_colour(
    rng: np.random.Generator, skin_tone: SkinTone, *, senior: bool
) -> tuple[float, float, float]:
    if senior and rng.random() < 0.8:
        grey = rng.uniform(0.2, 0.5)
        return (grey, grey * 0.98, grey * 0.94)
    fair = skin_tone in {SkinTone.LIGHT_PINK, SkinTone.LIGHT_YELLOW} and rng.random() < 0.4
    palette = [(0.34, 0.21, 0.10), (0.20, 0.09, 0.04)] if fair else [(0.03, 0.022, 0.018)]
    red, green, blue = palette[rng.integers(len(palette))]
    gain = rng.uniform(0.6, 1.4)
    return (red * gain, green * gain, blue * gain)
