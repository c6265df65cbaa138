"""The linear probe against scikit-learn's logistic regression."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from anomaly_fas.errors import DataError
from anomaly_fas.scorers.linear_probe import LinearProbe
from anomaly_fas.scorers.scorer import Gallery
from tests.scorers.galleries import normal, output_of


@settings(deadline=None)
@given(st.integers(0, 99), st.integers(1, 30), st.integers(1, 30), st.sampled_from([0.1, 1.0, 30]))
def test_from_zero_it_is_scikit_learns(
    seed: int, bona_fide: int, attacks: int, strength: float
) -> None:
    gallery = Gallery(normal(bona_fide, 6, seed), 0.5 + normal(attacks, 6, seed + 1))
    probe = LinearProbe(6, 100, strength)
    probe.fit(gallery)
    features = torch.cat([gallery.bona_fide, gallery.attack]).double().numpy()
    labels = np.repeat([0, 1], [bona_fide, attacks])
    theirs = LogisticRegression(C=strength, tol=1e-8, max_iter=5000).fit(features, labels)
    queries = normal(9, 6, seed + 2)
    expected = theirs.predict_proba(queries.numpy())[:, 1]
    assert probe(output_of(queries)).tolist() == pytest.approx(expected.tolist(), abs=2e-3)


def test_from_a_trained_layer_it_is_a_regression_with_that_layers_logits_beside_it() -> None:
    """Written as w_0 + v, v is what plain logistic regression finds with w_0 f as an offset."""
    gallery = Gallery(normal(20, 6, 0), 0.5 + normal(20, 6, 1))
    start = torch.tensor([0.5, -1.0, 0.0, 2.0, 0.3, -0.2])
    probe = LinearProbe(6, 100, 1.0)
    probe.start_from(start, torch.tensor(-3.0))
    probe.fit(gallery)
    features = torch.cat([gallery.bona_fide, gallery.attack])
    is_attack = torch.arange(40) >= 20
    moved = torch.zeros(7, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([moved], max_iter=500, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        odds = (features.double() @ (start.double() + moved[:6])) + moved[6]
        terms = torch.nn.functional.binary_cross_entropy_with_logits(
            odds, is_attack.double(), reduction="sum"
        )
        value = terms + moved[:6].square().sum() / 2
        value.backward()
        return value

    optimizer.step(loss)  # type: ignore[arg-type]
    torch.testing.assert_close(
        probe.weight, (start + moved[:6].detach()).float(), rtol=0, atol=2e-3
    )


def test_the_less_it_may_move_the_nearer_it_stays() -> None:
    gallery = Gallery(normal(20, 6, 0), 0.5 + normal(20, 6, 1))
    start = torch.ones(6)
    moves = []
    for strength in (0.0, 0.01, 1.0):
        probe = LinearProbe(6, 100, strength)
        probe.start_from(start, torch.tensor(0.0))
        probe.fit(gallery)
        moves.append((probe.weight - start).norm().item())
    assert moves[0] == 0
    assert moves == sorted(moves)
    assert moves[2] > moves[1]


def test_no_references_are_named() -> None:
    some, none = normal(3, 6, 0), normal(0, 6, 0)
    for gallery in (Gallery(some, none), Gallery(none, some)):
        with pytest.raises(DataError, match="linear_probe needs references of both classes"):
            LinearProbe(6, 4, 1.0).fit(gallery)
