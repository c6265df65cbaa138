"""References held out in turn, and what a detector is left with."""

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from anomaly_fas.adaptation.adapt import (
    ReferenceOutputs,
    adapt,
    held_out_scores,
    joined,
    taken,
)
from anomaly_fas.metrics.thresholds import eer_threshold
from anomaly_fas.models.detector import Detector
from anomaly_fas.output import Output
from anomaly_fas.scorers.few_shot import FewShot, posterior
from anomaly_fas.scorers.knn import Knn
from anomaly_fas.scorers.logit import Logit
from tests.nonempty import nonempty
from tests.scorers.galleries import normal

NAMES = ("eer", "bpcer_1", "bpcer_5", "bpcer_10")


def detector(dim: int = 4) -> Detector:
    scorers = {"knn": Knn(dim, 300, 1), "few_shot": FewShot(dim, 3, 1.0), "logit": Logit(dim)}
    return Detector(nn.Identity(), scorers, NAMES, 32)  # type: ignore[arg-type]


def references(bona_fide: int, attacks: int, seed: int = 0) -> ReferenceOutputs:
    count = bona_fide + attacks
    rows = pd.DataFrame(
        {"label": ["bona_fide"] * bona_fide + ["attack"] * attacks, "pai": "", "pai_fine": ""}
    )
    return ReferenceOutputs(Output(normal(count, 4, seed), torch.linspace(-2, 2, count)), rows)


def test_a_reference_is_scored_by_the_others() -> None:
    """Else each would be its own nearest neighbour."""
    made = references(6, 4)
    scores = held_out_scores(detector(), made)["knn"]
    embedding = made.output.embedding.double()
    for number in range(6):
        # The pair that is left out: an attack is no neighbour, a bona fide one in its fold is.
        others = [other for other in range(6) if other % 4 != number % 4]
        nearest = min((embedding[number] - embedding[other]).norm().item() for other in others)
        assert scores[number] == pytest.approx(nearest, rel=1e-5)


def test_pairs_are_left_out_together() -> None:
    made = references(3, 3)
    scores = held_out_scores(detector(), made)["few_shot"]
    bona_fide, attack = made.output.embedding[:3], made.output.embedding[3:]
    for number in range(3):
        kept = [other for other in range(3) if other != number]
        turns = [kept[0], kept[1], kept[0]]
        for place in (number, 3 + number):
            query = made.output.embedding[place : place + 1]
            expected = 1 - posterior(query, bona_fide[turns], attack[turns]).item()
            assert scores[place] == pytest.approx(expected, abs=1e-6)


def test_many_references_are_held_out_in_fifty_folds() -> None:
    made, fits = references(130, 60), []
    scorers = detector()
    knn = scorers.scorers["knn"]
    fit = knn.fit
    knn.fit = lambda gallery: (fits.append(len(gallery.bona_fide)), fit(gallery))  # type: ignore[assignment, operator, union-attr]
    scores = held_out_scores(scorers, made)
    assert len(fits) == 50
    assert set(fits) == {127, 128}
    assert all(np.isfinite(own).all() for own in nonempty(scores.values()))


def test_thresholds_are_those_of_the_held_out_scores_and_references_are_all() -> None:
    made, scorers = references(9, 7), detector()
    found = held_out_scores(scorers, made)
    assert adapt(scorers, made, least=5)
    for name, scores in nonempty(found.items()):
        expected = eer_threshold(scores[:9], scores[9:])
        assert scorers.threshold(name, "eer") == pytest.approx(expected)
    knn = scorers.scorers["knn"]
    assert int(knn.count) == 9  # type: ignore[arg-type]
    assert torch.equal(knn.bona_fide[:9], made.output.embedding[:9])  # type: ignore[index]


@pytest.mark.parametrize(("counts", "least"), [((4, 40), 5), ((40, 4), 5), ((1, 1), 1)])
def test_too_few_references_leave_the_thresholds(counts: tuple[int, int], least: int) -> None:
    scorers = detector()
    for name in scorers.scorers:
        scorers.set_thresholds(name, dict.fromkeys(NAMES, 0.25))
    assert not adapt(scorers, references(*counts), least)
    assert (scorers.thresholds == 0.25).all()
    assert int(scorers.scorers["knn"].count) == counts[0]  # type: ignore[arg-type]


def test_outputs_are_taken_and_joined_by_rows() -> None:
    output = references(5, 4).output
    parts = [taken(output, np.array([0, 1])), taken(output, np.arange(2, 9))]
    again = joined(parts)
    assert torch.equal(again.embedding, output.embedding)
    assert again.logit is not None
    assert output.logit is not None
    assert torch.equal(again.logit, output.logit)
    assert again.map_logit is None
