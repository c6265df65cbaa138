"""A face to make attacks from: rendered, as a photograph stands for it."""

from functools import cache

import numpy as np

from anomaly_fas.simulation.plan import Extent, plan
from anomaly_fas.simulation.render import render_frame


@cache
def face(size: int = 112, number: int = 0) -> np.ndarray:
    """A bona fide capture: sRGB, uint8, shape [size, size, 3]; not to be written to."""
    samples = [sample for sample in plan(Extent(1, 1, 1, 2, 1, 1)) if sample.species is None]
    image = render_frame(samples[number], 0, size)
    image.flags.writeable = False
    return image
