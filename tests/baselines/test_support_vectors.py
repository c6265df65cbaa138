import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from anomaly_fas.baselines.support_vectors import SupportVectorMachine
from anomaly_fas.errors import ConfigError
from tests.nonempty import nonempty


def frames(count: int, seed: int = 0, shift: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Features of very different scales; attacks are three of four."""
    rng = np.random.default_rng(seed)
    is_attack = rng.random(count) < 0.75
    features = rng.normal(size=(count, 7)) + shift * is_attack[:, None]
    return features * 10.0 ** np.arange(-3, 4), is_attack


def test_machines_are_those_of_scikit_learn_over_the_grid() -> None:
    features, is_attack = frames(150)
    others, _ = frames(5000, seed=1)  # more than are scored at a time
    machines = list(SupportVectorMachine([0.5, 10.0], [0.2, 2.0], 1000).fits(features, is_attack))
    settings = [(machine.C, machine.gamma) for machine in machines]
    assert settings == [(0.5, 0.2), (10, 0.2), (0.5, 2.0), (10, 2.0)]
    for machine in nonempty(machines):
        svc = SVC(C=machine.C, gamma=machine.gamma / 7, class_weight="balanced")
        reference = make_pipeline(StandardScaler(), svc).fit(features, is_attack)
        expected = reference.decision_function(others)
        np.testing.assert_allclose(machine.score(others), expected, atol=5e-3, rtol=0)
        assert np.corrcoef(machine.score(others), expected)[0, 1] > 0.99999


def test_attacks_score_higher() -> None:
    features, is_attack = frames(200, shift=4.0)
    (machine,) = SupportVectorMachine([1.0], [1.0], 1000).fits(features, is_attack)
    unseen, labels = frames(100, seed=2, shift=4.0)
    assert ((machine.score(unseen) > 0) == labels).mean() > 0.97
    assert machine.score(unseen[:0]).shape == (0,)


def test_two_fits_give_equal_scores() -> None:
    features, is_attack = frames(120)
    first, second = (
        [one.score(features) for one in SupportVectorMachine([1.0], [0.5], 99).fits(*both)]
        for both in [(features, is_attack), (features.copy(), is_attack.copy())]
    )
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize(
    ("bona_fide", "attacks", "limit", "expected"),
    [
        (10, 20, 30, (10, 20)),
        (10, 20, 12, (6, 6)),
        (2, 20, 12, (2, 10)),
        (20, 3, 12, (9, 3)),
        (10, 20, 11, (5, 6)),
    ],
)
def test_of_too_many_frames_half_are_of_each_class_as_far_as_it_goes(
    bona_fide: int, attacks: int, limit: int, expected: tuple[int, int]
) -> None:
    is_attack = np.random.default_rng(0).permutation(np.arange(bona_fide + attacks) >= bona_fide)
    machine = SupportVectorMachine([1.0], [1.0], limit)
    chosen = machine.chosen(is_attack, seed=3)
    assert (np.diff(chosen) > 0).all()
    assert ((~is_attack[chosen]).sum(), is_attack[chosen].sum()) == expected
    np.testing.assert_array_equal(chosen, machine.chosen(is_attack, seed=3))
    if sum(expected) < bona_fide + attacks:
        assert any((chosen != machine.chosen(is_attack, seed=seed)).any() for seed in range(5))


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        (([], [1.0], 9), "classifier.C"),
        (([1.0, 0.0], [1.0], 9), "classifier.C"),
        (([1.0], [-1.0], 9), "classifier.gamma"),
        (([1.0], [1.0], 1), "classifier.max_frames"),
    ],
)
def test_settings_that_nothing_can_be_fitted_with_are_named(
    settings: tuple[list[float], list[float], int], named: str
) -> None:
    with pytest.raises(ConfigError, match=named):
        SupportVectorMachine(*settings)
