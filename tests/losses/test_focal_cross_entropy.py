"""Focal cross-entropy by hand, as binary cross-entropy, and without a logit."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from anomaly_fas.errors import ConfigError
from anomaly_fas.losses.batch import LossInput
from anomaly_fas.losses.binary_cross_entropy import BinaryCrossEntropy
from anomaly_fas.losses.focal_cross_entropy import FocalCrossEntropy


def batch_of(logits: list[float], attacks: list[bool]) -> LossInput:
    size = len(logits)
    return LossInput(
        torch.zeros(size, 4), torch.tensor(logits), torch.tensor(attacks), torch.arange(size)
    )


def test_by_hand() -> None:
    # The attack's right label has p = 1/2, the bona fide frame's p = 1/4.
    batch = batch_of([0.0, math.log(3)], [True, False])
    expected = (0.3 * 0.5**2 * math.log(2) + 0.7 * 0.75**2 * math.log(4)) / 2
    assert FocalCrossEntropy(alpha=0.3, gamma=2.0)(batch)["loss"].item() == pytest.approx(expected)


@given(st.lists(st.tuples(st.floats(-20, 20, width=32), st.booleans()), min_size=1, max_size=9))
def test_without_focus_it_is_half_of_binary_cross_entropy(drawn: list[tuple[float, bool]]) -> None:
    batch = batch_of([logit for logit, _ in drawn], [attack for _, attack in drawn])
    focal = FocalCrossEntropy(alpha=0.5, gamma=0.0)(batch)["loss"].item()
    assert focal == pytest.approx(BinaryCrossEntropy()(batch)["loss"].item() / 2, rel=1e-5)


def test_what_is_classified_well_counts_less() -> None:
    sure, unsure = batch_of([3.0], [True]), batch_of([0.0], [True])
    shares = [
        (loss(sure)["loss"] / loss(unsure)["loss"]).item()
        for loss in (FocalCrossEntropy(0.5, gamma) for gamma in (0.0, 1.0, 2.0))
    ]
    assert shares == sorted(shares, reverse=True)


def test_a_head_without_logit_is_a_config_error() -> None:
    with pytest.raises(ConfigError, match="head=logit"):
        FocalCrossEntropy(0.5, 2.0)(batch_of([0.0], [True])._replace(logit=None))
