"""Cues and transfer on statistics that are drawn, so that their answers are known."""

from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from measurements import Measured
from transfer import cues, transfer_auc

RNG = np.random.default_rng(0)


def drawn(mean: float, count: int = 2000, spread: float = 1.0) -> Measured:
    """One statistic that differs between sets, one that does not, and spectra of noise."""
    values = {"told": RNG.normal(mean, spread, count), "untold": RNG.normal(0, 1, count)}
    return Measured(pd.DataFrame(values), RNG.normal(0, 1, (count, 3)))


def test_a_cue_is_in_pooled_standard_deviations() -> None:
    """Means 3 apart, variances 1 and 9: 3 / sqrt(5)."""
    found = cues(drawn(1, 20000), drawn(4, 20000, spread=3))
    assert found["told"] == pytest.approx(3 / np.sqrt(5), rel=0.03)
    assert found["untold"] == pytest.approx(0, abs=0.05)
    assert cues(drawn(4), drawn(1))["told"] < -2.5


def test_transfer_reaches_the_bayes_rate_where_the_sets_agree() -> None:
    """Two normal distributions d apart have AUC Phi(d / sqrt 2)."""
    found = transfer_auc((drawn(0), drawn(1)), (drawn(0), drawn(1)))
    assert found == pytest.approx(NormalDist().cdf(1 / np.sqrt(2)), abs=0.02)


def test_a_cue_that_is_the_other_way_round_misleads() -> None:
    assert transfer_auc((drawn(0), drawn(2)), (drawn(2), drawn(0))) < 0.1
