"""What losses of distances to the centre have in common."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from anomaly_fas.losses.deep_sad import DeepSad
from anomaly_fas.losses.deep_svdd import DeepSvdd
from anomaly_fas.losses.hypersphere import Hypersphere
from tests.losses.centre_batches import batch_of, by_hand

LOSSES: list[Callable[[], nn.Module]] = [DeepSvdd, lambda: DeepSad(2.0), lambda: Hypersphere(3.0)]


@given(st.integers(0, 100))
def test_without_attacks_all_are_deep_svdd(seed: int) -> None:
    embedding = torch.randn(6, 3, generator=torch.Generator().manual_seed(seed))
    batch = batch_of(embedding, torch.zeros(6).bool())
    expected = sum(sum(value**2 for value in row) for row in embedding.tolist()) / 6
    for build in LOSSES:
        assert build()(batch)["loss"].item() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("build", LOSSES[1:])
def test_bona_fide_is_pulled_in_and_attacks_are_pushed_out(build: Callable[[], nn.Module]) -> None:
    batch = by_hand()
    point = batch.embedding.clone().requires_grad_()
    build()(batch._replace(embedding=point))["loss"].backward()
    assert point.grad is not None
    outward = (point.grad * batch.embedding).sum(dim=1)
    assert (outward[:2] > 0).all()
    assert outward[2] < 0


@pytest.mark.parametrize("build", LOSSES)
def test_at_the_centre_the_gradient_is_finite(build: Callable[[], nn.Module]) -> None:
    point = torch.zeros(4, 3, requires_grad=True)
    build()(batch_of(point, torch.arange(4) > 1))["loss"].backward()
    assert point.grad is not None
    assert point.grad.isfinite().all()
