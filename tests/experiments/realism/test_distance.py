"""Distances between sets whose statistics are known."""

import numpy as np
import pandas as pd
import pytest
from distance import coverage, distances
from measurements import Measured

VALUES = np.random.default_rng(0).normal(5, 2, 4000)


def measured(values: np.ndarray, level: float = 0.0) -> Measured:
    spectra = np.linspace(level, level + 10, 40) + values[:, None]
    return Measured(pd.DataFrame({"noise": values}), spectra)


def test_a_shift_is_measured_in_spreads_of_the_real_set() -> None:
    found = distances(measured(VALUES), measured(VALUES + 3 * VALUES.std(ddof=1), level=4.0))
    assert found["noise"] == pytest.approx(3)
    assert found["spectrum"] == pytest.approx(3 * VALUES.std(ddof=1) + 4.0)


def test_a_set_is_at_no_distance_from_itself() -> None:
    assert distances(measured(VALUES), measured(VALUES[::-1])) == pytest.approx(
        {"noise": 0, "spectrum": 0}
    )


def test_coverage_counts_real_captures_within_the_simulated_range() -> None:
    found = coverage(measured(VALUES), measured(VALUES))
    assert found == pytest.approx({"noise": 0.98, "spectrum": 0.98}, abs=0.001)
    above = np.median(VALUES) + np.linspace(-1, 99, 4001)  # its 1 % stands at the median
    assert coverage(measured(VALUES), measured(above))["noise"] == pytest.approx(0.5, abs=0.001)
