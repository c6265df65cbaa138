"""The hypersphere loss by hand, and outside of the sphere."""

import pytest
import torch

from anomaly_fas.losses.hypersphere import Hypersphere
from tests.losses.centre_batches import by_hand


def test_hypersphere_by_hand() -> None:
    terms = Hypersphere(radius=3.0)(by_hand())
    assert terms["bona_fide"].item() == pytest.approx((25 + 1) / 4)
    assert terms["attack"].item() == pytest.approx((3 - 2) ** 2 / 4)
    assert terms["loss"].item() == pytest.approx(6.5 + 0.25)


def test_attacks_outside_the_sphere_are_left_alone() -> None:
    batch = by_hand()
    point = batch.embedding.clone().requires_grad_()
    Hypersphere(radius=3.0)(batch._replace(embedding=point))["loss"].backward()
    assert point.grad is not None
    assert torch.equal(point.grad[3], torch.zeros(2))
