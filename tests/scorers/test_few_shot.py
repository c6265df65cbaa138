"""The posterior of reference pairs against its formula, written out."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from anomaly_fas.errors import DataError
from anomaly_fas.scorers.few_shot import FewShot, posterior
from anomaly_fas.scorers.scorer import Gallery
from tests.nonempty import nonempty
from tests.scorers.galleries import output_of, units


@given(st.integers(0, 100), st.sampled_from([1.0, 4.0]), st.integers(1, 9))
def test_few_shot_is_the_mean_over_pairs(seed: int, scale: float, pairs: int) -> None:
    queries, bona_fide, attack = units(5, seed), units(12, seed + 1), units(12, seed + 2)
    scorer = FewShot(4, pairs, scale)
    scorer.fit(Gallery(bona_fide, attack))
    for query, score in nonempty(
        zip(queries.tolist(), scorer(output_of(queries)).tolist(), strict=True)
    ):
        posteriors = [
            1 / (1 + math.exp(-scale * (math.dist(query, far) - math.dist(query, near))))
            for near, far in zip(bona_fide[:pairs].tolist(), attack[:pairs].tolist(), strict=True)
        ]
        assert score == pytest.approx(1 - sum(posteriors) / pairs, abs=1e-5)


@pytest.mark.parametrize("count", [0, 1, 30, 2500])
def test_few_shot_does_not_depend_on_how_many_are_scored_at_once(count: int) -> None:
    queries, bona_fide, attack = units(count, 1, 32), units(40, 2, 32), units(40, 3, 32)
    near = (queries.double()[:, None] - bona_fide.double()).square().sum(2).sqrt()
    far = (queries.double()[:, None] - attack.double()).square().sum(2).sqrt()
    expected = torch.sigmoid(far - near).mean(dim=1).float()
    torch.testing.assert_close(posterior(queries, bona_fide, attack), expected, rtol=0, atol=3e-7)


def test_few_shot_tells_references_apart_that_are_all_but_equal() -> None:
    query = units(1, 0, 32).repeat(30, 1)
    close = query + 1e-5 * units(30, 1, 32)
    distance = (query.double() - close.double()).norm(dim=1)
    expected = torch.sigmoid(1e5 * distance).mean().item()
    assert 0.6 < expected < 0.9
    assert posterior(query, query, close, scale=1e5)[0].item() == pytest.approx(expected, abs=1e-3)


def test_few_shot_lies_in_its_range_and_points_the_right_way() -> None:
    here, there = torch.tensor([[1.0, 0, 0, 0]]), torch.tensor([[-1.0, 0, 0, 0]])
    scorer = FewShot(4, 3, 1.0)
    scorer.fit(Gallery(here, there))
    scores = scorer(output_of(torch.cat([here, there])))
    assert scores.tolist() == pytest.approx([1 - 1 / (1 + math.exp(-2)), 1 / (1 + math.exp(-2))])


def test_fewer_references_than_pairs_are_used_in_turn() -> None:
    scorer = FewShot(4, 5, 1.0)
    bona_fide, attack = units(2, 0), units(3, 1)
    scorer.fit(Gallery(bona_fide, attack))
    assert torch.equal(scorer.bona_fide, bona_fide[[0, 1, 0, 1, 0]])
    assert torch.equal(scorer.attack, attack[[0, 1, 2, 0, 1]])


def test_missing_references_of_few_shot_are_named() -> None:
    with pytest.raises(DataError, match="few_shot needs references"):
        FewShot(4, 2, 1.0).fit(Gallery(units(2, 0), units(0, 0)))


def test_references_of_few_shot_are_buffers_of_fixed_size() -> None:
    sizes = {name: list(value.shape) for name, value in FewShot(4, 7, 1.0).state_dict().items()}
    assert sizes == {"bona_fide": [7, 4], "attack": [7, 4]}
