"""The nearest neighbours against scikit-learn's."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.scorers.knn import Knn
from tests.nonempty import nonempty
from tests.scorers.galleries import normal, of_bona_fide, output_of


@settings(deadline=None)
@given(st.integers(0, 99), st.integers(1, 9), st.integers(1, 60), st.sampled_from([1e-3, 1.0, 50]))
def test_it_is_scikit_learns(seed: int, neighbours: int, references: int, scale: float) -> None:
    gallery, queries = normal(40, 6, seed, scale), normal(9, 6, seed + 1, scale)
    scorer = Knn(6, references, neighbours)
    scorer.fit(of_bona_fide(gallery))
    taken = gallery[:references].numpy()
    theirs = NearestNeighbors(n_neighbors=min(neighbours, len(taken))).fit(taken)
    distances, _ = theirs.kneighbors(queries.numpy())
    assert scorer(output_of(queries)).dtype == torch.float32
    assert scorer(output_of(queries)).tolist() == pytest.approx(
        distances.mean(axis=1).tolist(), rel=1e-5
    )


def test_values_by_hand() -> None:
    scorer = Knn(2, 8, 2)
    scorer.fit(of_bona_fide(torch.tensor([[0.0, 0.0], [3.0, 4.0], [30.0, 40.0]])))
    assert scorer(output_of(torch.tensor([[0.0, 0.0], [6.0, 8.0]]))).tolist() == [2.5, 7.5]


@pytest.mark.parametrize("count", [0, 1, 2500])
def test_it_does_not_depend_on_how_many_are_scored_at_once(count: int) -> None:
    queries = normal(count, 6, 3)
    scorer = Knn(6, 50, 3)
    scorer.fit(of_bona_fide(normal(50, 6, 4)))
    apart = [scorer(output_of(query[None])).item() for query in queries[-3:]]
    assert scorer(output_of(queries))[-3:].tolist() == pytest.approx(apart, rel=1e-6)
    assert len(scorer(output_of(queries))) == count


def test_a_smaller_gallery_leaves_nothing_of_the_former_one() -> None:
    scorer, fresh = Knn(6, 50, 3), Knn(6, 50, 3)
    scorer.fit(of_bona_fide(normal(50, 6, 4)))
    for one in (scorer, fresh):
        one.fit(of_bona_fide(normal(4, 6, 5)))
    for name, value in nonempty(scorer.state_dict().items()):
        assert torch.equal(value, fresh.state_dict()[name])


def test_no_references_are_named() -> None:
    with pytest.raises(DataError, match="knn needs bona fide references"):
        Knn(6, 5, 1).fit(of_bona_fide(normal(0, 6, 0)))


def test_no_neighbours_are_a_config_error() -> None:
    """Else every score is NaN."""
    with pytest.raises(ConfigError, match="neighbours=0: 1 or more"):
        Knn(6, 5, 0)
