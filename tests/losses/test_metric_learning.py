"""The library's losses as they are used here, against loops over the pairs that count."""

import math
from collections.abc import Callable

import pytest
import torch
from pytorch_metric_learning.losses import ContrastiveLoss, SupConLoss, TripletMarginLoss
from pytorch_metric_learning.miners import BatchHardMiner
from torch import nn
from torch.nn.functional import normalize

from anomaly_fas.losses.batch import LossInput
from anomaly_fas.losses.metric_learning import MetricLearning

LOSSES: dict[str, Callable[[], nn.Module]] = {
    "contrastive": lambda: MetricLearning(ContrastiveLoss(pos_margin=0.0, neg_margin=1.0)),
    "batch_hard": lambda: MetricLearning(TripletMarginLoss(margin=0.2), BatchHardMiner()),
    "supervised": lambda: MetricLearning(SupConLoss(temperature=0.1)),
}


def random_batch(size: int, seed: int, frames: int = 1) -> LossInput:
    """A batch in which each sample has so many frames."""
    generator = torch.Generator().manual_seed(seed)
    embedding = normalize(torch.randn(size, 4, generator=generator, dtype=torch.float64), dim=1)
    sample = torch.arange(size) // frames
    return LossInput(embedding, None, sample % 2 == 1, sample)


def is_pair(batch: LossInput, a: int, p: int) -> bool:
    same_class = bool(batch.is_attack[a] == batch.is_attack[p])
    return same_class and bool(batch.sample[a] != batch.sample[p])


def negatives(batch: LossInput, a: int) -> list[int]:
    return [n for n in range(len(batch.sample)) if batch.is_attack[a] != batch.is_attack[n]]


def mean_of_costs(costs: list[float]) -> float:
    """The library's mean: over what costs anything."""
    costing = [cost for cost in costs if cost > 0]
    return sum(costing) / len(costing)


def contrastive(batch: LossInput) -> float:
    points, everyone = batch.embedding.tolist(), range(len(batch.sample))
    pairs = [(a, p) for a in everyone for p in everyone if is_pair(batch, a, p)]
    apart = [(a, n) for a in everyone for n in negatives(batch, a)]
    near = mean_of_costs([math.dist(points[a], points[p]) for a, p in pairs])
    return near + mean_of_costs([max(0, 1 - math.dist(points[a], points[n])) for a, n in apart])


def batch_hard(batch: LossInput) -> float:
    points, everyone = batch.embedding.tolist(), range(len(batch.sample))
    costs = []
    for a in everyone:
        positive = max(math.dist(points[a], points[p]) for p in everyone if is_pair(batch, a, p))
        negative = min(math.dist(points[a], points[n]) for n in negatives(batch, a))
        costs.append(max(0.0, positive - negative + 0.2))
    return mean_of_costs(costs)


def supervised(batch: LossInput) -> float:
    cosine = (batch.embedding @ batch.embedding.T / 0.1).tolist()
    everyone, costs = range(len(batch.sample)), []
    for a in everyone:
        positives = [p for p in everyone if is_pair(batch, a, p)]
        total = sum(math.exp(cosine[a][k]) for k in [*positives, *negatives(batch, a)])
        logs = [cosine[a][p] - math.log(total) for p in positives]
        costs.append(-sum(logs) / len(logs))
    return mean_of_costs(costs)


LOOPS = {"contrastive": contrastive, "batch_hard": batch_hard, "supervised": supervised}


@pytest.mark.parametrize("name", LOSSES)
def test_against_a_loop(name: str) -> None:
    for seed in range(3):
        batch = random_batch(10, seed)
        value = LOSSES[name]()(batch)["loss"].item()
        assert value == pytest.approx(LOOPS[name](batch), rel=1e-6)


@pytest.mark.parametrize("name", ["contrastive", "supervised"])
def test_two_frames_of_a_sample_are_no_pair(name: str) -> None:
    batch = random_batch(12, seed=4, frames=2)
    value = LOSSES[name]()(batch)["loss"].item()
    assert value == pytest.approx(LOOPS[name](batch), rel=1e-6)
    apart = batch._replace(sample=torch.arange(12))
    assert LOSSES[name]()(apart)["loss"].item() != pytest.approx(value, rel=1e-3)


def test_a_hardest_positive_of_the_anchors_own_sample_makes_no_triplet() -> None:
    # On a line: two frames of sample 0, one of sample 1, an attack.
    place = torch.tensor([[0.0], [1.0], [0.9], [1.1]])
    batch = LossInput(place, None, torch.tensor([0, 0, 0, 1]).bool(), torch.tensor([0, 0, 1, 2]))
    distance = TripletMarginLoss(margin=0.2)
    distance.distance.normalize_embeddings = False
    miner = BatchHardMiner()
    miner.distance.normalize_embeddings = False
    value = MetricLearning(distance, miner)(batch)["loss"].item()
    # The anchors at 0 and 1 have each other for hardest positive; 0.9 has 0 for its.
    assert value == pytest.approx(0.9 - 0.2 + 0.2)


@pytest.mark.parametrize("name", LOSSES)
def test_coinciding_embeddings_have_a_finite_gradient(name: str) -> None:
    embedding = torch.ones(4, 3, requires_grad=True)
    batch = LossInput(embedding, None, torch.arange(4) > 1, torch.arange(4))
    LOSSES[name]()(batch)["loss"].backward()
    assert embedding.grad is not None
    assert embedding.grad.isfinite().all()
