"""The score is the length of what head=centred gives: the distance to its centre."""

import math

import pytest
import torch

from anomaly_fas.models.centred_head import CentredHead
from anomaly_fas.scorers.norm import Norm
from tests.scorers.galleries import output_of


def test_by_hand() -> None:
    scores = Norm(2)(output_of(torch.tensor([[3.0, -4.0], [0.0, 0.5]])))
    assert scores.tolist() == pytest.approx([5.0, 0.5])


def test_it_is_the_distance_of_the_projection_to_the_centre() -> None:
    torch.manual_seed(0)
    head = CentredHead(features=5, dim=3)
    features = torch.randn(7, 5)
    scores = Norm(3)(head(features))
    projected, centre = (features @ head.projection.weight.T).tolist(), head.centre.tolist()
    assert scores.tolist() == pytest.approx([math.dist(own, centre) for own in projected], rel=1e-5)
