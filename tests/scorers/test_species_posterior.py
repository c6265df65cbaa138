"""The posterior by species against that of each species alone."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.scorers.few_shot import posterior
from anomaly_fas.scorers.scorer import Gallery
from anomaly_fas.scorers.species_posterior import Reduction, SpeciesPosterior
from anomaly_fas.types import SPECIES
from tests.nonempty import nonempty
from tests.scorers.galleries import normal, output_of


@settings(deadline=None)
@given(
    st.lists(st.integers(0, len(SPECIES)), min_size=1, max_size=20),
    st.integers(1, 5),
    st.sampled_from(["mean", "min"]),
)
def test_it_is_made_of_the_posteriors_of_the_species_that_are_there(
    species: list[int], pairs: int, reduce: Reduction
) -> None:
    bona_fide, attack, queries = normal(12, 6, 0), normal(len(species), 6, 1), normal(7, 6, 2)
    scorer = SpeciesPosterior(6, pairs, 2.0, reduce)
    scorer.fit(Gallery(bona_fide, attack, torch.tensor(species)))
    each = []
    for name in sorted(set(species)):
        own = [row for row, its in zip(attack, species, strict=True) if its == name]
        turns = torch.stack([own[turn % len(own)] for turn in range(pairs)])
        each.append(posterior(queries, bona_fide[:pairs], turns, 2.0).tolist())
    for score, found in nonempty(
        zip(scorer(output_of(queries)).tolist(), zip(*each, strict=True), strict=True)
    ):
        whole = sum(found) / len(found) if reduce == "mean" else min(found)
        assert score == pytest.approx(1 - whole, abs=1e-6)


def test_values_by_hand() -> None:
    """A query on an attack of one species, and far from that of another."""
    bona_fide = torch.tensor([[1.0, 0.0]])
    attack = torch.tensor([[0.0, 0.0], [5.0, 0.0]])
    near, far = 1 / (1 + math.exp(1)), 1 / (1 + math.exp(-4))
    for reduce, expected in (("mean", (near + far) / 2), ("min", near)):
        scorer = SpeciesPosterior(2, 3, 1.0, reduce)  # type: ignore[arg-type]
        scorer.fit(Gallery(bona_fide, attack, torch.tensor([0, 7])))
        assert scorer(output_of(torch.zeros(1, 2))).item() == pytest.approx(1 - expected)


def test_without_known_species_it_is_the_few_shot_posterior() -> None:
    bona_fide, attack, queries = normal(9, 6, 0), normal(9, 6, 1), normal(7, 6, 2)
    scorer = SpeciesPosterior(6, 4, 1.0, "min")
    scorer.fit(Gallery(bona_fide, attack))
    expected = 1 - posterior(queries, bona_fide[:4], attack[:4])
    torch.testing.assert_close(scorer(output_of(queries)), expected)


def test_a_species_of_a_former_fit_is_forgotten() -> None:
    scorer, fresh = SpeciesPosterior(6, 4, 1.0, "min"), SpeciesPosterior(6, 4, 1.0, "min")
    scorer.fit(Gallery(normal(9, 6, 0), normal(9, 6, 1), torch.arange(9)))
    for one in (scorer, fresh):
        one.fit(Gallery(normal(9, 6, 0), normal(2, 6, 3), torch.tensor([20, 20])))
    for name, value in nonempty(scorer.state_dict().items()):
        assert torch.equal(value, fresh.state_dict()[name])


def test_what_is_missing_is_named() -> None:
    some, none = normal(3, 6, 0), normal(0, 6, 0)
    for gallery in (Gallery(some, none), Gallery(none, some)):
        with pytest.raises(DataError, match="species_posterior needs references of both"):
            SpeciesPosterior(6, 4, 1.0, "min").fit(gallery)
    with pytest.raises(ConfigError, match="reduce='max': choose one of mean, min"):
        SpeciesPosterior(6, 4, 1.0, "max")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="pairs=0: 1 or more of each species"):
        SpeciesPosterior(6, 0, 1.0, "min")
