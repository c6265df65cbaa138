"""The triplet losses against hand-worked values, a triple loop and finite differences."""

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
from anomaly_fas.losses.batch import LossInput
from anomaly_fas.losses.metric_softmax import MetricSoftmax
from anomaly_fas.losses.objective import Objective
from anomaly_fas.losses.triplet_focal import TripletFocal
from anomaly_fas.losses.triplet_margin import TripletMargin

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


def random_batch(size: int, seed: int, dim: int = 5) -> LossInput:
    generator = torch.Generator().manual_seed(seed)
    embedding = normalize(torch.randn(size, dim, generator=generator, dtype=torch.float64), dim=1)
    is_attack = torch.rand(size, generator=generator) < 0.5
    is_attack[:3] = torch.tensor([False, False, True])
    # Samples of up to two frames: frames of one sample share its class.
    sample = torch.arange(size) // 2 + torch.where(is_attack, 1000, 0)
    sample[:2] = torch.tensor([5000, 5001])
    return LossInput(embedding, None, is_attack, sample)


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


def corner_batch() -> LossInput:
    """Bona fide at (1, 0) and (0, 1), an attack at (-1, 0): distances sqrt 2, 2 and sqrt 2."""
    embedding = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]], dtype=torch.float64)
    return LossInput(embedding, None, torch.tensor([False, False, True]), torch.arange(3))


def test_metric_softmax_by_hand() -> None:
    # Anchor (1, 0): p at sqrt 2, n at 2. Anchor (0, 1): both at sqrt 2.
    expected = (math.log1p(math.exp(math.sqrt(2) - 2)) + math.log(2)) / 2
    assert MetricSoftmax()(corner_batch())["loss"].item() == pytest.approx(expected)


def test_triplet_focal_by_hand() -> None:
    # e^(sqrt 2) - e^2 + 0.5 < 0, so only the anchor with equal distances costs: its margin.
    value = TripletFocal(sigma=1.0, margin=0.5)(corner_batch())["loss"]
    assert value.item() == pytest.approx(0.5 / 2)


def test_objective_by_hand() -> None:
    objective = Objective(MetricSoftmax(), TripletFocal(sigma=1.0, margin=0.5), weight=0.1)
    terms = objective(corner_batch())
    main = (math.log1p(math.exp(math.sqrt(2) - 2)) + math.log(2)) / 2
    assert terms["main"].item() == pytest.approx(main)
    assert terms["regulariser"].item() == pytest.approx(0.25)
    assert terms["loss"].item() == pytest.approx(main + 0.025)


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


def test_half_precision_is_computed_in_fp32() -> None:
    batch = random_batch(12, seed=4)
    half = batch._replace(embedding=batch.embedding.half())
    value = TripletFocal(sigma=0.1)(half)["loss"]
    exact = TripletFocal(sigma=0.1)(batch._replace(embedding=half.embedding.double()))["loss"]
    assert value.dtype == torch.float32
    assert value.item() == pytest.approx(exact.item(), rel=1e-3)


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


@pytest.mark.parametrize("options", [{"anchors": "live"}, {"mining": "easy"}])
def test_an_unknown_option_is_named(options: dict[str, str]) -> None:
    (name, value), *_ = options.items()
    with pytest.raises(ConfigError, match=f"{name}='{value}'"):
        MetricSoftmax(**options)  # type: ignore[arg-type]
