"""Sums over all triplets that form none of them, against forming them all."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn.functional import normalize, relu, softplus

from anomaly_fas.errors import ConfigError
from anomaly_fas.losses import triplets
from anomaly_fas.losses.batch import LossInput
from anomaly_fas.losses.hinge_sum import hinge_sum
from anomaly_fas.losses.metric_softmax import MetricSoftmax
from anomaly_fas.losses.softplus_sum import has_expansion, softplus_sum
from anomaly_fas.losses.triplet_focal import TripletFocal
from anomaly_fas.losses.triplet_margin import TripletMargin
from tests.nonempty import nonempty


def rows(seed: int, dtype: torch.dtype = torch.float64) -> tuple[Tensor, Tensor, Tensor]:
    """Distances to positives and negatives of some anchors, and which positives count."""
    generator = torch.Generator().manual_seed(seed)
    anchors, high, low = torch.randint(1, 12, (3,), generator=generator).tolist()
    positive = (2 * torch.rand(anchors, high, generator=generator, dtype=dtype)).requires_grad_()
    negative = (2 * torch.rand(anchors, low, generator=generator, dtype=dtype)).requires_grad_()
    return positive, torch.rand(anchors, high, generator=generator) > 0.2, negative


def assert_alike(
    ours: Tensor, theirs: Tensor, inputs: tuple[Tensor, ...], tolerance: float
) -> None:
    torch.testing.assert_close(ours, theirs, rtol=tolerance, atol=tolerance)
    slopes = (torch.autograd.grad(value, inputs) for value in (ours, theirs))
    for one, other in nonempty(zip(*slopes, strict=True)):
        torch.testing.assert_close(one, other, rtol=tolerance, atol=tolerance)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**31), margin=st.sampled_from([0.0, 0.2, 1.0]))
def test_the_hinges_sum_is_exact(seed: int, margin: float) -> None:
    positive, used, negative = rows(seed)
    formed = relu(positive[:, :, None] - negative[:, None, :] + margin) * used[:, :, None]
    ours = hinge_sum(positive, used, negative, margin)
    assert_alike(ours, formed.sum(), (positive, negative), 1e-12)


def test_a_tie_is_at_rest() -> None:
    positive = torch.tensor([[0.5, 1.0]], requires_grad=True)
    negative = torch.tensor([[1.0, 1.5]], requires_grad=True)
    total = hinge_sum(positive, torch.tensor([[True, True]]), negative, 0.5)
    assert total.item() == 0.5  # of 1.0 and 1.0 alone; 0.5 and 1.0, 1.0 and 1.5 just touch
    slopes = torch.autograd.grad(total, (positive, negative))
    assert [slope.tolist() for slope in slopes] == [[[0.0, 1.0]], [[-1.0, 0.0]]]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**31), scale=st.sampled_from([0.3, 1.0, 2.0, 4.0, 8.0]))
def test_the_softplus_sum_is_that_of_the_formed_triplets(seed: int, scale: float) -> None:
    positive, used, negative = rows(seed)
    formed = softplus(scale * (positive[:, :, None] - negative[:, None, :])) * used[:, :, None]
    ours = softplus_sum(positive, used, negative, scale)
    assert_alike(ours, formed.sum(), (positive, negative), 1e-6)


@pytest.mark.parametrize("scale", [1.0, 8.0])
def test_the_corners_are_as_accurate(scale: float) -> None:
    ends = torch.tensor([[0.0, 2.0]], dtype=torch.float64, requires_grad=True)
    others = torch.tensor([[2.0, 0.0]], dtype=torch.float64, requires_grad=True)
    used = torch.tensor([[True, True]])
    formed = softplus(scale * (ends[:, :, None] - others[:, None, :])).sum()
    assert_alike(softplus_sum(ends, used, others, scale), formed, (ends, others), 1e-6)


def test_scales_too_large_for_polynomials_are_known() -> None:
    assert all(has_expansion(scale) for scale in (0.1, 1.0, 4.0, 8.0))
    assert not has_expansion(30.0)


LOSSES = [
    MetricSoftmax(1.0, "both"),
    MetricSoftmax(8.0),
    MetricSoftmax(30.0),
    TripletFocal(anchors="both"),
    TripletFocal(0.1, 0.5),
    TripletMargin(),
]


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: f"{type(loss).__name__}")
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
