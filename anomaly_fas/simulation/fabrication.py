"""Attacks made from real photographs: what each species does to a face, on its own picture.

A photograph is printed, shown, worn, painted over or partly covered, then photographed. So that
a network sees the instrument and not the processing, `recaptured` sends a photograph through the
same optics and cameras without any instrument.
"""

from dataclasses import replace
from typing import Final

import cv2
import numpy as np

from anomaly_fas.simulation.camera import CAMERAS, Scene, capture, srgb_curve
from anomaly_fas.simulation.coverings import cover, wear_mask
from anomaly_fas.simulation.expression import Expression
from anomaly_fas.simulation.grid import Image, in_each_channel, mix
from anomaly_fas.simulation.lighting import Light, light
from anomaly_fas.simulation.makeup import paint
from anomaly_fas.simulation.person import Person, person
from anomaly_fas.simulation.photo_surface import (
    Framing,
    average_person,
    frontal_picture,
    linear,
    seen,
    surface_of,
)
from anomaly_fas.simulation.picture import PLACES, Picture
from anomaly_fas.simulation.printing import PRINTERS, for_printer
from anomaly_fas.simulation.screen import replay_attack
from anomaly_fas.simulation.shading import render
from anomaly_fas.simulation.sheet import coldness, print_attack
from anomaly_fas.types import Age, FinePai, Lighting, Pai, Sex, SkinTone

_FLAT: Final = {Pai.PRINT: print_attack, Pai.REPLAY: replay_attack}
_CAMERAS: Final = tuple(CAMERAS.values())
_TONES: Final = (SkinTone.LIGHT_YELLOW, SkinTone.LIGHT_PINK, SkinTone.MEDIUM_DARK_BROWN)
_EXPOSED: Final = 0.26
"""Light on the sensor, as a share of white, that automatic exposure aims at."""


def fabricated(
    image: np.ndarray,
    species: FinePai,
    rng: np.random.Generator,
    framing: Framing,
    camera_share: float,
) -> np.ndarray:
    """Make an attack from a photograph.

    Args:
        image: a face crop: sRGB, uint8, shape [size, size, 3].
        species: what is made.
        rng: draws instrument, light, place and camera.
        framing: where faces are in crops.
        camera_share: probability that a model of a camera photographs it; else what it would see
            is kept as it is, at the photograph's brightness.

    Returns:
        Another crop of the same shape and type.
    """
    lit = light(rng, Lighting.CONTROLLED if rng.random() < 0.6 else Lighting.ADVERSE)
    if species.coarse in _FLAT:
        place = PLACES[rng.integers(len(PLACES))]
        attack = _FLAT[species.coarse]
        picture = Picture(_prepared(image, species, rng), framing.zoom)
        scene = attack(rng, picture, species, lit, place)
    elif species.coarse is Pai.MAKEUP:
        scene = _painted(image, species, rng, framing)
    else:
        scene = _covered(image, species, rng, framing, lit)
    warmth = -coldness(rng) if species.coarse is Pai.PRINT else 0.0
    fine = species.coarse in _FLAT
    return _photographed(scene, image, rng, camera_share, warmth=warmth, fine=fine)


def recaptured(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Send a photograph through the cameras of the attacks, slightly moved and unchanged else."""
    radiance = _moved(linear(image), rng)
    return _photographed(lambda size: _resized(radiance, size), image, rng, 1.0, fine=False)


def _photographed(
    scene: Scene,
    image: np.ndarray,
    rng: np.random.Generator,
    camera_share: float,
    *,
    warmth: float = 0.0,
    fine: bool,
) -> np.ndarray:
    size = image.shape[0]
    if rng.random() < camera_share:
        camera = replace(_CAMERAS[rng.integers(len(_CAMERAS))], warmth=warmth)
        return _resized(capture(camera, scene, rng, fine=fine), size)
    radiance = _resized(scene(2 * size if fine else size), size)
    middle = slice(size // 5, -(size // 5))
    own = max(float(linear(image[middle, middle]).mean()), 1e-3)
    target = own ** (1 - (share := float(rng.random()))) * _EXPOSED**share
    found = np.maximum(radiance[middle, middle].mean((0, 1)), 1e-4)
    # Part of a colour cast is taken away, as a camera's white balance does.
    balance = (found.mean() / found) ** np.float32(rng.uniform(0, 1))
    balance = balance * np.exp(np.array([warmth, 0, -warmth], np.float32))
    return _encoded(radiance * (target / found.mean() * balance).astype(np.float32))


def _covered(
    image: np.ndarray, species: FinePai, rng: np.random.Generator, framing: Framing, lit: Light
) -> Scene:
    """A face with a mask or a piece of paper on it, which has light and shade of its own."""
    photo = surface_of(image, framing.view(rng))
    bare = photo.face.albedo.copy()
    victim = _victim(rng)

    def picture() -> Picture:
        frontal = frontal_picture(_encoded(_well_exposed(image, rng)), photo.view)
        # As if it had been taken at another time: it does not fit the wearer to the pixel.
        return Picture(frontal.image, frontal.zoom * float(np.exp(rng.normal(0, 0.04))))

    wear_mask(species, photo.face, rng, average_person(), victim, picture)
    cover(species, photo.face, rng, average_person(), picture)
    # Outside of the thing nothing has changed but for the shadow that it casts.
    shadow = (photo.face.albedo / np.maximum(bare, 1e-3)).mean(-1)
    gain = np.float32(photo.light * rng.uniform(0.8, 1.2) / max(lit.mean, 1e-3))
    radiance = linear(image)

    def scene(size: int) -> Image:
        thing, covered = render(photo.face, photo.view, lit, size)
        dimmed = in_each_channel(np.clip(seen(shadow, photo.view, size), 0, 1))
        return mix(_resized(radiance, size) * dimmed, thing * gain, covered)

    return scene


def _painted(
    image: np.ndarray, species: FinePai, rng: np.random.Generator, framing: Framing
) -> Scene:
    """A face with make-up, under the light and shade of the photograph."""
    photo = surface_of(image, framing.view(rng))
    bare = photo.face.albedo.copy()
    paint(species, photo.face, rng, average_person(), lambda: _victim(rng), Expression())
    change = (photo.face.albedo - bare) * np.float32(photo.light) * in_each_channel(photo.shade)
    radiance = linear(image)
    return lambda size: np.clip(_resized(radiance, size) + seen(change, photo.view, size), 0, None)


def _victim(rng: np.random.Generator) -> Person:
    """Draw whose face is cast or painted: one of a few simulated people."""
    index = int(rng.integers(len(_TONES)))
    sex = (Sex.MALE, Sex.FEMALE)[index % 2]
    return person(np.random.default_rng([7, index]), sex, Age.ADULT, _TONES[index], glasses=False)


def _prepared(image: np.ndarray, species: FinePai, rng: np.random.Generator) -> np.ndarray:
    """The photograph as it is sent to a screen or printer."""
    radiance = _well_exposed(image, rng)
    printer = PRINTERS.get(species)
    return _encoded(radiance) if printer is None else for_printer(radiance, printer)


def _well_exposed(image: np.ndarray, rng: np.random.Generator) -> Image:
    """Light of the photograph as an attacker has it: whoever prints a face takes a clear one."""
    radiance = linear(image)
    size = image.shape[0]
    middle = radiance[size // 4 : -(size // 4), size // 4 : -(size // 4)]
    target = float(rng.uniform(0.16, 0.40))
    gain = np.clip(target / max(float(middle.mean()), 1e-3), 0.4, 4.0)
    return np.clip(radiance * np.float32(gain), 0, 1)


def _moved(radiance: Image, rng: np.random.Generator) -> Image:
    """Turned, scaled and shifted a little, as a hand-held picture is."""
    size = radiance.shape[0]
    centre = (size - 1) / 2
    angle, scale = float(rng.normal(0, 2)), float(np.exp(rng.normal(0, 0.05)))
    turn = np.asarray(cv2.getRotationMatrix2D((centre, centre), angle, scale), np.float64)
    turn[:, 2] += rng.normal(0, 0.015 * size, 2)
    return cv2.warpAffine(radiance, turn, (size, size), borderMode=cv2.BORDER_REFLECT_101)


def _encoded(radiance: Image) -> np.ndarray:
    """Linear light as sRGB, uint8."""
    return (srgb_curve(np.clip(radiance, 0, 1)) * 255 + 0.5).astype(np.uint8)


def _resized(image: Image, size: int) -> Image:
    if image.shape[0] == size:
        return image
    method = cv2.INTER_AREA if image.shape[0] > size else cv2.INTER_LINEAR
    return cv2.resize(image, (size, size), interpolation=method)
