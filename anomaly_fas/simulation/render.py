"""From a planned sample to its face crops."""

from dataclasses import replace
from functools import partial
from typing import Final

import cv2
import numpy as np

from anomaly_fas.random_streams import Stream
from anomaly_fas.simulation.camera import CAMERAS, capture, stored_crop, unit
from anomaly_fas.simulation.coverings import cover, wear_mask
from anomaly_fas.simulation.expression import bare_face, expression
from anomaly_fas.simulation.hair import groom
from anomaly_fas.simulation.lighting import light
from anomaly_fas.simulation.makeup import paint
from anomaly_fas.simulation.picture import photograph, portrait
from anomaly_fas.simulation.plan import Sample
from anomaly_fas.simulation.printing import enhanced
from anomaly_fas.simulation.screen import replay_attack
from anomaly_fas.simulation.shading import Surface, pose
from anomaly_fas.simulation.sheet import coldness, print_attack
from anomaly_fas.types import FinePai, Pai

VERSION: Final = 3
"""Raised when the same plan gives other images."""

_FILLED: Final = (0.6, 1.0)
"""Adaptation of the white balance to a picture that is held up, and fills the whole view."""

_PICTURES: Final = 3
"""Pictures that an attacker has of each victim."""

_FLAT: Final = {Pai.PRINT: print_attack, Pai.REPLAY: replay_attack}


def render_frame(sample: Sample, frame: int, size: int) -> np.ndarray:
    """Render one face crop of a sample: sRGB, uint8, shape [size, size, 3].

    Frames of a sample share person, instrument, lighting, place and device. Pose, expression, the
    way an instrument is held, exposure and noise differ. The same arguments give the same pixels,
    whatever was rendered before.
    """
    whole = np.random.default_rng(sample.seed)
    rng = np.random.default_rng((*sample.seed, Stream.SIMULATED_FRAME, frame))
    lit = light(whole, sample.lighting)
    clothes = int(whole.integers(2**31))
    picture = int(whole.integers(_PICTURES))
    species = sample.species
    camera = unit(CAMERAS[sample.device], whole)
    if species is not None and species.coarse in _FLAT:
        attack = _FLAT[species.coarse]
        shown = photograph(sample.presenter, picture)
        camera = replace(camera, adaptation=float(rng.uniform(*_FILLED)))
        if species.coarse is Pai.PRINT:
            shown = enhanced(shown, whole)
            camera = replace(camera, warmth=camera.warmth - coldness(whole))
        scene = attack(rng, shown, species, lit, sample.place)
        image = capture(camera, scene, rng, fine=True)
    else:
        face, who = _presented(sample, rng), sample.presenter
        scene = partial(portrait, face, who, pose(rng), lit, sample.place, clothes)
        image = capture(camera, scene, rng)
    method = cv2.INTER_AREA if camera.photosites > size else cv2.INTER_CUBIC
    return stored_crop(cv2.resize(image, (size, size), interpolation=method), whole)


def _presented(sample: Sample, rng: np.random.Generator) -> Surface:
    """The presenter's head with whatever is worn on it."""
    wearer, victim, species = sample.presenter, sample.victim, sample.species
    state = expression(rng)
    face = bare_face(wearer, state)
    instrument = np.random.default_rng((*sample.seed, Stream.SIMULATED_INSTRUMENT))
    picture = partial(photograph, victim, 0, frontal=True)
    # Masks and make-up lie under hair and glasses, the rest above them.
    wear_mask(species, face, instrument, wearer, victim, picture)
    paint(species, face, instrument, wearer, lambda: victim, state)
    if species is not FinePai.MASK_SILICONE or instrument.random() < 0.6:
        groom(face, wearer)
    cover(species, face, instrument, wearer, picture)
    return face
