"""Triplet focal by hand and in half precision."""

import pytest
import torch

from anomaly_fas.losses.triplet_focal import TripletFocal
from tests.losses.triplet_batches import corner_batch, random_batch


def test_triplet_focal_by_hand() -> None:
    # e^(sqrt 2) - e^2 + 0.5 < 0, so only the anchor with equal distances costs: its margin.
    value = TripletFocal(sigma=1.0, margin=0.5)(corner_batch())["loss"]
    assert value.item() == pytest.approx(0.5 / 2)


def test_half_precision_is_computed_in_fp32() -> None:
    batch = random_batch(12, seed=4)
    half = batch._replace(embedding=batch.embedding.half())
    value = TripletFocal(sigma=0.1)(half)["loss"]
    exact = TripletFocal(sigma=0.1)(batch._replace(embedding=half.embedding.double()))["loss"]
    assert value.dtype == torch.float32
    assert value.item() == pytest.approx(exact.item(), rel=1e-3)
