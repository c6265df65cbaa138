"""The mixture of Gaussians against scikit-learn's."""

import math
import warnings

import pytest
import torch
from sklearn.mixture import GaussianMixture as Estimator

from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.scorers.gaussian_mixture import Covariance, GaussianMixture
from tests.nonempty import nonempty
from tests.scorers.galleries import normal, of_bona_fide, output_of


def made(components: int, covariance: Covariance = "diag", dim: int = 5) -> GaussianMixture:
    return GaussianMixture(dim, 200, components, covariance, regularisation=0.01, seed=3)


@pytest.mark.parametrize("covariance", ["diag", "full"])
@pytest.mark.parametrize("components", [1, 4])
@pytest.mark.parametrize("scale", [1e-2, 1.0, 50.0])
def test_it_is_scikit_learns(covariance: Covariance, components: int, scale: float) -> None:
    gallery = torch.cat([normal(100, 5, 0, scale), -normal(100, 5, 1, scale)])
    queries = normal(20, 5, 2, scale)
    scorer = made(components, covariance)
    scorer.fit(of_bona_fide(gallery))
    values = gallery.double().numpy()
    floor = 0.01 * values.var(axis=0).mean()
    theirs = Estimator(components, covariance_type=covariance, reg_covar=floor, random_state=3)
    expected = -theirs.fit(values).score_samples(queries.double().numpy())
    assert scorer(output_of(queries)).dtype == torch.float32
    assert scorer(output_of(queries)).tolist() == pytest.approx(
        expected.tolist(), rel=1e-4, abs=1e-4
    )


def test_values_by_hand() -> None:
    scorer = GaussianMixture(1, 9, 1, "diag", regularisation=0.0, seed=0)
    scorer.fit(of_bona_fide(torch.tensor([[1.0], [5.0]])))  # mean 3, variance 4
    constant = 0.5 * math.log(2 * math.pi * 4)
    scores = scorer(output_of(torch.tensor([[3.0], [7.0]]))).tolist()
    assert scores == pytest.approx([constant, constant + 2])


def test_fewer_references_than_components_leave_the_rest_out() -> None:
    scorer, small = made(8), made(3)
    scorer.fit(of_bona_fide(normal(200, 5, 1)))
    for one in (scorer, small):
        one.fit(of_bona_fide(normal(3, 5, 0)))
    queries = normal(20, 5, 2)
    assert scorer(output_of(queries)).isfinite().all()
    torch.testing.assert_close(scorer(output_of(queries)), small(output_of(queries)))


@pytest.mark.parametrize("count", [0, 2500])
def test_it_does_not_depend_on_how_many_are_scored_at_once(count: int) -> None:
    scorer = made(4)
    scorer.fit(of_bona_fide(normal(50, 5, 4)))
    queries = normal(count, 5, 3)
    apart = [scorer(output_of(query[None])).item() for query in queries[-3:]]
    assert scorer(output_of(queries))[-3:].tolist() == pytest.approx(apart, rel=1e-6)
    assert len(scorer(output_of(queries))) == count


def test_references_that_are_all_the_same_give_finite_scores_without_a_warning() -> None:
    scorer = made(4)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scorer.fit(of_bona_fide(torch.ones(9, 5)))
    scores = scorer(output_of(1 + torch.tensor([0.0, 0.1, 1.0])[:, None] * torch.ones(5)))
    assert scores.isfinite().all()
    assert scores.diff().gt(0).all()


def test_two_fits_are_equal() -> None:
    first, second = made(4), made(4)
    for scorer in (first, second):
        scorer.fit(of_bona_fide(normal(200, 5, 1)))
    for name, value in nonempty(first.state_dict().items()):
        assert torch.equal(value, second.state_dict()[name])


def test_what_is_missing_is_named() -> None:
    with pytest.raises(DataError, match="gaussian_mixture needs two bona fide references"):
        made(2).fit(of_bona_fide(normal(1, 5, 0)))
    with pytest.raises(ConfigError, match="covariance='tied': choose one of diag, full"):
        made(2, "tied")  # type: ignore[arg-type]
