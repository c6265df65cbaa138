"""The Mahalanobis distance against scikit-learn's."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.covariance import LedoitWolf
from torch.nn.functional import normalize

from anomaly_fas.errors import DataError
from anomaly_fas.scorers.mahalanobis import Mahalanobis
from tests.scorers.galleries import normal, of_bona_fide, output_of


@settings(deadline=None)
@given(st.integers(0, 99), st.sampled_from([5, 20, 300]), st.sampled_from([1e-2, 1.0, 50.0]))
def test_it_is_scikit_learns(seed: int, references: int, scale: float) -> None:
    gallery, queries = normal(references, 16, seed, scale), normal(9, 16, seed + 1, scale)
    scorer = Mahalanobis(16, references)
    scorer.fit(of_bona_fide(torch.cat([gallery, 99 * gallery])))
    squared = LedoitWolf().fit(gallery.double().numpy()).mahalanobis(queries.double().numpy())
    expected = [math.sqrt(value) for value in squared]
    assert scorer(output_of(queries)).dtype == torch.float32
    assert scorer(output_of(queries)).tolist() == pytest.approx(expected, rel=1e-3)


def test_values_by_hand_where_nothing_is_to_be_shrunk() -> None:
    corners = torch.tensor([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    scorer = Mahalanobis(2, 4)
    scorer.fit(of_bona_fide(torch.tensor([10.0, 20.0]) + 2 * corners))  # covariance 4 I
    scores = scorer(output_of(torch.tensor([[10.0, 20.0], [16.0, 28.0]])))
    assert scores.tolist() == pytest.approx([0, 5], abs=1e-4)


@pytest.mark.parametrize("references", [2, 3, 40])
def test_fewer_references_than_dimensions_give_finite_scores_that_grow(references: int) -> None:
    gallery = normalize(normal(references, 512, 1), dim=1)
    scorer = Mahalanobis(512, 64)
    scorer.fit(of_bona_fide(gallery))
    away = normalize(torch.randn(512, generator=torch.Generator().manual_seed(2)), dim=0)
    scores = scorer(
        output_of(gallery.mean(dim=0) + torch.tensor([0.0, 0.1, 0.5, 2.0])[:, None] * away)
    )
    assert scores.isfinite().all()
    assert scores.diff().gt(0).all()


def test_references_that_are_all_the_same_leave_a_multiple_of_the_distance() -> None:
    scorer = Mahalanobis(3, 9)
    scorer.fit(of_bona_fide(torch.ones(9, 3)))
    scores = scorer(output_of(1 + torch.tensor([[0.0, 3.0, 4.0], [0.0, 6.0, 8.0]])))
    assert (scores[1] / scores[0]).item() == pytest.approx(2)


def test_no_references_are_named() -> None:
    with pytest.raises(DataError, match="mahalanobis needs two bona fide references"):
        Mahalanobis(6, 5).fit(of_bona_fide(normal(1, 6, 0)))
