"""Error rates against values worked out by hand and against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from anomaly_fas.errors import DataError
from anomaly_fas.metrics.error_rates import (
    acer,
    apcer,
    apcer_per_species,
    bpcer,
    hter,
    worst_species,
)


def test_a_score_at_the_threshold_is_an_attack() -> None:
    assert apcer([0.5], 0.5) == 0.0
    assert bpcer([0.5], 0.5) == 1.0


def test_rates_by_hand() -> None:
    attacks = np.array([0.1, 0.5, 0.6, 0.9, 0.2])
    species = np.array(["print", "print", "mask", "mask", "mask"])
    per_species = apcer_per_species(attacks, species, 0.5)
    assert per_species == {"mask": pytest.approx(1 / 3), "print": 0.5}
    assert worst_species(per_species) == ("print", 0.5)
    assert apcer(attacks, 0.5) == pytest.approx(2 / 5)
    assert bpcer([0.0, 0.4, 0.5, 0.7], 0.5) == 0.5
    assert acer(0.5, 0.25) == pytest.approx(0.375)
    assert hter(0.4, 0.25) == pytest.approx(0.325)


def test_worst_species_on_a_tie_is_the_first_by_name() -> None:
    assert worst_species({"replay": 0.5, "mask": 0.5, "print": 0.1}) == ("mask", 0.5)


scores = st.lists(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]), min_size=1, max_size=30)


@given(scores, scores, st.sampled_from([0.0, 0.25, 0.6, 1.0]))
def test_rates_agree_with_scikit_learn(
    bona_fide: list[float], attacks: list[float], threshold: float
) -> None:
    truth = [0] * len(bona_fide) + [1] * len(attacks)
    predicted = [int(score >= threshold) for score in bona_fide + attacks]
    table = confusion_matrix(truth, predicted, labels=[0, 1])
    assert bpcer(bona_fide, threshold) == pytest.approx(table[0, 1] / len(bona_fide))
    assert apcer(attacks, threshold) == pytest.approx(table[1, 0] / len(attacks))


def test_no_scores_is_an_error_that_names_the_class() -> None:
    with pytest.raises(DataError, match="no attack scores"):
        apcer([], 0.5)
    with pytest.raises(DataError, match="no bona fide scores"):
        bpcer([], 0.5)
