"""Skin colour follows its pigments."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from anomaly_fas.simulation.anatomy import reflectance
from anomaly_fas.simulation.person import MELANIN

density = st.floats(0, 1.25, width=32)


@given(density, density, st.floats(0.0625, 0.5, width=32))
def test_more_pigment_is_darker_in_every_channel(melanin: float, blood: float, more: float) -> None:
    base = reflectance(np.float32([melanin]), np.float32([blood]))
    for darker in (
        reflectance(np.float32([melanin + more]), np.float32([blood])),
        reflectance(np.float32([melanin]), np.float32([blood + more])),
    ):
        assert (darker < base).all()
        assert (darker > 0).all()


@given(density, density)
def test_blood_reddens(melanin: float, blood: float) -> None:
    pale = reflectance(np.float32([melanin]), np.float32([blood]))[0]
    flushed = reflectance(np.float32([melanin]), np.float32([blood + 0.3]))[0]
    assert flushed[0] / flushed[1] > pale[0] / pale[1]


def test_skin_tones_are_in_order() -> None:
    ranges = list(MELANIN.values())
    assert ranges == sorted(ranges)
    assert all(low < high for low, high in ranges)
