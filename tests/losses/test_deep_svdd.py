"""Deep SVDD by hand, and without what attacks could tell."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from anomaly_fas.losses.deep_svdd import DeepSvdd
from tests.losses.centre_batches import batch_of, by_hand


def test_deep_svdd_by_hand() -> None:
    assert DeepSvdd()(by_hand())["loss"].item() == pytest.approx((25 + 1) / 2)


@given(st.integers(0, 100))
def test_deep_svdd_does_not_see_attacks(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    embedding, is_attack = torch.randn(8, 3, generator=generator), torch.arange(8) > 4
    moved = embedding + 9 * is_attack[:, None]
    first, second = (DeepSvdd()(batch_of(own, is_attack))["loss"] for own in (embedding, moved))
    assert torch.equal(first, second)


def test_a_batch_of_attacks_teaches_deep_svdd_nothing() -> None:
    point = torch.randn(4, 3, requires_grad=True)
    loss = DeepSvdd()(batch_of(point, torch.ones(4).bool()))["loss"]
    loss.backward()
    assert loss.item() == 0
    assert point.grad is not None
    assert torch.equal(point.grad, torch.zeros(4, 3))
