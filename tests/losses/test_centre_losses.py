"""Deep SVDD, Deep SAD and the hypersphere loss by hand, and what they have in common."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from anomaly_fas.losses.batch import LossInput
from anomaly_fas.losses.deep_sad import DeepSad
from anomaly_fas.losses.deep_svdd import DeepSvdd
from anomaly_fas.losses.hypersphere import Hypersphere

LOSSES: list[Callable[[], nn.Module]] = [DeepSvdd, lambda: DeepSad(2.0), lambda: Hypersphere(3.0)]


def batch_of(embedding: torch.Tensor, is_attack: torch.Tensor) -> LossInput:
    return LossInput(embedding, None, is_attack, torch.arange(len(embedding)))


def by_hand() -> LossInput:
    """Bona fide frames at distances 5 and 1 from the centre, attacks at 2 and 4."""
    embedding = torch.tensor([[3.0, 4.0], [0.0, 1.0], [2.0, 0.0], [0.0, -4.0]])
    return batch_of(embedding, torch.tensor([False, False, True, True]))


def test_deep_svdd_by_hand() -> None:
    assert DeepSvdd()(by_hand())["loss"].item() == pytest.approx((25 + 1) / 2)


def test_deep_sad_by_hand() -> None:
    terms = DeepSad(eta=2.0)(by_hand())
    assert terms["bona_fide"].item() == pytest.approx((25 + 1) / 4)
    assert terms["attack"].item() == pytest.approx(2 * (1 / 4 + 1 / 16) / 4, rel=1e-5)
    assert terms["loss"].item() == pytest.approx(6.5 + 0.15625, rel=1e-5)


def test_hypersphere_by_hand() -> None:
    terms = Hypersphere(radius=3.0)(by_hand())
    assert terms["bona_fide"].item() == pytest.approx((25 + 1) / 4)
    assert terms["attack"].item() == pytest.approx((3 - 2) ** 2 / 4)
    assert terms["loss"].item() == pytest.approx(6.5 + 0.25)


@given(st.integers(0, 100))
def test_without_attacks_all_are_deep_svdd(seed: int) -> None:
    embedding = torch.randn(6, 3, generator=torch.Generator().manual_seed(seed))
    batch = batch_of(embedding, torch.zeros(6).bool())
    expected = sum(sum(value**2 for value in row) for row in embedding.tolist()) / 6
    for build in LOSSES:
        assert build()(batch)["loss"].item() == pytest.approx(expected, rel=1e-5)


@given(st.integers(0, 100))
def test_deep_svdd_does_not_see_attacks(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    embedding, is_attack = torch.randn(8, 3, generator=generator), torch.arange(8) > 4
    moved = embedding + 9 * is_attack[:, None]
    first, second = (DeepSvdd()(batch_of(own, is_attack))["loss"] for own in (embedding, moved))
    assert torch.equal(first, second)


@pytest.mark.parametrize("build", LOSSES[1:])
def test_bona_fide_is_pulled_in_and_attacks_are_pushed_out(build: Callable[[], nn.Module]) -> None:
    batch = by_hand()
    point = batch.embedding.clone().requires_grad_()
    build()(batch._replace(embedding=point))["loss"].backward()
    assert point.grad is not None
    outward = (point.grad * batch.embedding).sum(dim=1)
    assert (outward[:2] > 0).all()
    assert outward[2] < 0


def test_attacks_outside_the_sphere_are_left_alone() -> None:
    batch = by_hand()
    point = batch.embedding.clone().requires_grad_()
    Hypersphere(radius=3.0)(batch._replace(embedding=point))["loss"].backward()
    assert point.grad is not None
    assert torch.equal(point.grad[3], torch.zeros(2))


@pytest.mark.parametrize("build", LOSSES)
def test_at_the_centre_the_gradient_is_finite(build: Callable[[], nn.Module]) -> None:
    point = torch.zeros(4, 3, requires_grad=True)
    build()(batch_of(point, torch.arange(4) > 1))["loss"].backward()
    assert point.grad is not None
    assert point.grad.isfinite().all()


def test_a_batch_of_attacks_teaches_deep_svdd_nothing() -> None:
    point = torch.randn(4, 3, requires_grad=True)
    loss = DeepSvdd()(batch_of(point, torch.ones(4).bool()))["loss"]
    loss.backward()
    assert loss.item() == 0
    assert point.grad is not None
    assert torch.equal(point.grad, torch.zeros(4, 3))
