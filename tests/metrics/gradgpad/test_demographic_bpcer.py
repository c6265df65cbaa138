"""BPCER by group and the mean of pairs of skin tones, by hand."""

import numpy as np
import pandas as pd
import pytest

from anomaly_fas.metrics.gradgpad.demographic_bpcer import (
    demographic_bpcer,
    grouped_skin_tone_bpcer,
)
from anomaly_fas.metrics.gradgpad.subset import GradgpadSubset

TONES = [
    "LIGHT_PINK",
    "LIGHT_YELLOW",
    "MEDIUM_PINK_BROWN",
    "MEDIUM_YELLOW_BROWN",
    "MEDIUM_DARK_BROWN",
    "DARK_BROWN",
]


def test_bpcer_by_age() -> None:
    ages = ["young", "young", "adult", "adult", "senior", "senior"]
    bona_fide = pd.DataFrame({"dataset": "uvad", "sex": "", "age": ages, "skin_tone": ""}).assign(
        score=[0.1, 0.5, 0.6, 0.7, 0.5, 0.9]
    )
    test = GradgpadSubset(np.array([]), np.array([]), np.array([]), bona_fide)
    # A score of 0.5 is at the threshold, and so no error.
    rates = demographic_bpcer(test, "age", threshold=0.5)
    assert rates == {"YOUNG": 0.0, "ADULT": 100.0, "SENIOR": 50.0}


@pytest.mark.parametrize(
    ("first", "second", "grouped"),
    [(4.0, 6.0, 5.0), (4.0, 0.0, 2.0), (0.0, 6.0, 6.0), (0.0, 0.0, 0.0)],
)
def test_a_first_rate_of_zero_is_taken_for_none(
    first: float, second: float, grouped: float
) -> None:
    rates = dict.fromkeys(TONES, 1.0) | {"LIGHT_PINK": first, "MEDIUM_PINK_BROWN": second}
    assert grouped_skin_tone_bpcer(rates) == {"Yellow": 1.0, "Pink": grouped, "Dark Brown": 1.0}


def test_without_skin_tones_there_are_no_groups() -> None:
    assert grouped_skin_tone_bpcer({}) == {}
