"""Metric-softmax by hand, and at the ends of what it takes."""

import math

import pytest
import torch

from anomaly_fas.losses.batch import LossInput
from anomaly_fas.losses.metric_softmax import MetricSoftmax
from tests.losses.triplet_batches import corner_batch


def test_metric_softmax_by_hand() -> None:
    # Anchor (1, 0): p at sqrt 2, n at 2. Anchor (0, 1): both at sqrt 2.
    expected = (math.log1p(math.exp(math.sqrt(2) - 2)) + math.log(2)) / 2
    assert MetricSoftmax()(corner_batch())["loss"].item() == pytest.approx(expected)


def test_coinciding_embeddings_have_a_finite_gradient() -> None:
    embedding = torch.ones(4, 3, requires_grad=True)
    batch = LossInput(embedding, None, torch.tensor([0, 0, 1, 1]).bool(), torch.arange(4))
    MetricSoftmax(anchors="both")(batch)["loss"].backward()
    assert embedding.grad is not None
    assert torch.isfinite(embedding.grad).all()


def test_a_batch_without_triplets_costs_nothing() -> None:
    embedding = torch.eye(3, requires_grad=True)
    batch = LossInput(embedding, None, torch.zeros(3).bool(), torch.arange(3))
    loss = MetricSoftmax(anchors="both")(batch)["loss"]
    loss.backward()
    assert loss.item() == 0
    assert embedding.grad is not None
    assert embedding.grad.abs().sum() == 0
