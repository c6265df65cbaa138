"""One camera of a class: cameras of a class differ, and so do their settings and distances."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from anomaly_fas.simulation.camera import Camera


def unit(camera: Camera, rng: np.random.Generator) -> Camera:
    """Draw a camera of a class, as it is set, before a face at some distance.

    The ranges are wide enough to hold webcams of 640 x 480 that are held before a face: see
    `experiments/realism`.

    Args:
        camera: the middle of the class.
        rng: draws.
    """

    def around(value: float, spread: float) -> float:
        return float(value * np.exp(rng.uniform(-spread, spread)))

    # Real cameras give skin less colour, and faces more contrast, than the middle of a class, which
    # leaves both nearly as they are for scenes that are photographs themselves.
    # Automatic gain: where light is short, each electron counts for more.
    gain = float(np.exp(rng.uniform(-0.4, 0.6)))
    return replace(
        camera,
        photosites=2 * round(around(camera.photosites, 0.25) / 2),
        blur=around(camera.blur, 0.3),
        full_well=camera.full_well / gain,
        read_noise=around(camera.read_noise, 0.4),
        saturation=camera.saturation * float(np.exp(rng.uniform(-1.0, -0.25))),
        denoise=camera.denoise * float(rng.uniform(0.2, 1.2)),
        sharpen=camera.sharpen * float(rng.uniform(0.5, 2.2)),
        contrast=float(np.clip(camera.contrast + rng.uniform(0.1, 0.8), 0, 1)),
        quality=int(np.clip(camera.quality + rng.integers(-8, 13), 40, 98)),
        chroma=422 if camera.chroma == 420 and rng.random() < 0.3 else camera.chroma,
        exposure=camera.exposure + float(rng.normal(0.0, 0.5)),
        warmth=camera.warmth + float(rng.normal(-0.07, 0.14)),
        black=float(rng.uniform(0, 0.03)),
    )
