"""Losses over triplets, against a triple loop, finite differences and either way to sum."""

import itertools
import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn.functional import normalize

from anomaly_fas.errors import ConfigError
from anomaly_fas.losses import triplets
from anomaly_fas.losses.batch import LossInput
from anomaly_fas.losses.metric_softmax import MetricSoftmax
from anomaly_fas.losses.objective import Objective
from anomaly_fas.losses.triplet_focal import TripletFocal
from anomaly_fas.losses.triplet_margin import TripletMargin
from tests.losses.triplet_batches import random_batch
from tests.nonempty import nonempty

Scalar = Callable[[float, float], float]


LOSSES: dict[str, tuple[Callable[..., torch.nn.Module], Scalar]] = {
    "metric_softmax": (
        lambda **options: MetricSoftmax(2.0, **options),
        lambda pos, neg: -math.log(math.exp(2 * neg) / (math.exp(2 * neg) + math.exp(2 * pos))),
    ),
    "triplet_focal": (
        lambda **options: TripletFocal(0.4, 0.3, **options),
        lambda pos, neg: max(0.0, math.exp(pos / 0.4) - math.exp(neg / 0.4) + 0.3),
    ),
    "triplet_margin": (
        lambda **options: TripletMargin(0.3, **options),
        lambda pos, neg: max(0.0, pos - neg + 0.3),
    ),
    "objective": (
        lambda **options: Objective(
            MetricSoftmax(1.0, **options), TripletFocal(0.3, 0.2), weight=0.05
        ),
        lambda pos, neg: (
            math.log(1 + math.exp(pos - neg))
            + 0.05 * max(0.0, math.exp(pos / 0.3) - math.exp(neg / 0.3) + 0.2)
        ),
    ),
}


def keeps(mining: str, pos: float, neg: float) -> bool:
    return {"all": True, "hard": neg < pos, "semi_hard": pos <= neg < pos + 0.2}[mining]


def triple_loop(batch: LossInput, scalar: Scalar, anchors: str, mining: str) -> float:
    points, total, count = batch.embedding.tolist(), 0.0, 0
    for a, p, n in itertools.product(range(len(points)), repeat=3):
        if batch.is_attack[a] != batch.is_attack[p] or batch.is_attack[a] == batch.is_attack[n]:
            continue
        if batch.sample[a] == batch.sample[p] or (anchors == "bona_fide" and batch.is_attack[a]):
            continue
        pos, neg = math.dist(points[a], points[p]), math.dist(points[a], points[n])
        if keeps(mining, pos, neg):
            total, count = total + scalar(pos, neg), count + 1
    return total / max(count, 1)


@pytest.mark.parametrize("mining", ["all", "semi_hard", "hard"])
@pytest.mark.parametrize("anchors", ["bona_fide", "both"])
@pytest.mark.parametrize("name", LOSSES)
def test_against_a_triple_loop(name: str, anchors: str, mining: str) -> None:
    build, scalar = LOSSES[name]
    for size, seed in ((3, 0), (9, 1), (16, 2)):
        batch = random_batch(size, seed)
        expected = triple_loop(batch, scalar, anchors, mining)
        value = build(anchors=anchors, mining=mining)(batch)["loss"]
        assert value.item() == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("anchors", ["bona_fide", "both"])
@pytest.mark.parametrize("name", LOSSES)
def test_gradient_against_finite_differences(name: str, anchors: str) -> None:
    batch = random_batch(8, seed=3)
    loss = LOSSES[name][0](anchors=anchors)
    raw = batch.embedding.clone().requires_grad_()

    def value(points: Tensor) -> Tensor:
        return loss(batch._replace(embedding=normalize(points, dim=1)))["loss"]

    assert torch.autograd.gradcheck(value, raw, eps=1e-6, atol=1e-7)


@given(st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_rotating_the_embedding_changes_nothing(seed: int) -> None:
    batch = random_batch(12, seed)
    generator = torch.Generator().manual_seed(seed + 1)
    rotation, _ = torch.linalg.qr(torch.randn(5, 5, generator=generator, dtype=torch.float64))
    for build, _ in LOSSES.values():
        turned = build()(batch._replace(embedding=batch.embedding @ rotation))["loss"]
        assert turned.item() == pytest.approx(build()(batch)["loss"].item(), rel=1e-9)


@given(st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_the_order_of_the_batch_changes_nothing(seed: int) -> None:
    batch = random_batch(12, seed)
    order = torch.randperm(12, generator=torch.Generator().manual_seed(seed))
    shuffled = LossInput(batch.embedding[order], None, batch.is_attack[order], batch.sample[order])
    for build, _ in LOSSES.values():
        value = build(anchors="both")(shuffled)["loss"]
        assert value.item() == pytest.approx(build(anchors="both")(batch)["loss"].item(), rel=1e-9)


@pytest.mark.parametrize("options", [{"anchors": "live"}, {"mining": "easy"}])
def test_an_unknown_option_is_named(options: dict[str, str]) -> None:
    (name, value), *_ = options.items()
    with pytest.raises(ConfigError, match=f"{name}='{value}'"):
        MetricSoftmax(**options)  # type: ignore[arg-type]


SUMMED = [
    MetricSoftmax(1.0, "both"),
    MetricSoftmax(8.0),
    MetricSoftmax(30.0),
    TripletFocal(anchors="both"),
    TripletFocal(0.1, 0.5),
    TripletMargin(),
]


@pytest.mark.parametrize("loss", SUMMED, ids=lambda loss: f"{type(loss).__name__}")
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-6), (torch.float32, 1e-4)])
def test_a_loss_is_the_same_either_way(
    loss: torch.nn.Module, dtype: torch.dtype, tolerance: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(3)
    directions = torch.randn(40, 16, dtype=dtype)
    directions[::2, 0] += 4  # bona fide ones are alike
    embedding = normalize(directions, dim=1).requires_grad_()
    batch = LossInput(embedding, None, torch.arange(40) % 2 == 1, torch.arange(40) // 3)
    values = []
    for limit in (0, 10**9):
        monkeypatch.setattr(triplets, "BROADCAST_TRIPLETS", limit)
        value = loss(batch)["loss"]
        values.append((value, *torch.autograd.grad(value, embedding)))
    for ours, theirs in nonempty(zip(*values, strict=True)):
        torch.testing.assert_close(ours, theirs, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(
    ("count", "mining", "way"),
    [(64, "all", "formed"), (128, "all", "summed"), (128, "hard", "formed")],
)
def test_large_batches_alone_are_summed(count: int, mining: str, way: str) -> None:
    ways = []
    batch = LossInput(torch.eye(count), None, torch.arange(count) % 2 == 1, torch.arange(count))
    of_batch = triplets.TripletSelector("bona_fide", mining).of(batch)  # type: ignore[arg-type]
    of_batch.mean(
        lambda pos, neg: (ways.append("formed"), pos - neg)[1],
        lambda block: (ways.append("summed"), block.positive.sum())[1],
    )
    assert ways == [way]


@pytest.mark.parametrize("count", [12, 40])  # distances taken one by one, and by a product
def test_a_compact_class_keeps_its_small_distances(count: int) -> None:
    torch.manual_seed(0)
    near = normalize(torch.randn(32), dim=0) + 1e-5 * torch.randn(count, 32)
    embedding = normalize(near, dim=1).requires_grad_()
    batch = LossInput(embedding, None, torch.arange(count) % 2 == 1, torch.arange(count))
    (block,) = triplets.TripletSelector("bona_fide", "all").of(batch).blocks
    exact = embedding.detach().double().requires_grad_()
    difference = exact[::2, None] - exact[None, 1::2]
    distance = difference.square().sum(2).sqrt()
    torch.testing.assert_close(block.negative.double(), distance, rtol=1e-6, atol=0)
    (ours,) = torch.autograd.grad(block.negative.sum(), embedding)
    (theirs,) = torch.autograd.grad(distance.sum(), exact)
    torch.testing.assert_close(ours.double(), theirs, rtol=1e-5, atol=1e-5)


def test_a_large_batch_of_other_than_unit_vectors_is_refused() -> None:
    order = torch.arange(120)
    points = torch.randn(120, 4, generator=torch.Generator().manual_seed(0))
    batch = LossInput(points, None, order % 2 == 1, order)
    with pytest.raises(ConfigError, match=r"compares unit vectors.*head=projection"):
        MetricSoftmax()(batch)
    assert MetricSoftmax()(batch._replace(embedding=normalize(points, dim=1)))["loss"].isfinite()
