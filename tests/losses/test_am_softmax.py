"""AM-softmax by hand, against pytorch-metric-learning's, and without a logit."""

import math

import pytest
import torch
from pytorch_metric_learning.losses import CosFaceLoss

from anomaly_fas.errors import ConfigError
from anomaly_fas.losses.am_softmax import AmSoftmax
from anomaly_fas.losses.batch import LossInput
from anomaly_fas.losses.binary_cross_entropy import BinaryCrossEntropy
from anomaly_fas.models.cosine_head import CosineHead


def batch_of(logit: torch.Tensor, is_attack: torch.Tensor) -> LossInput:
    return LossInput(torch.zeros(len(logit), 4), logit, is_attack, torch.arange(len(logit)))


def test_by_hand() -> None:
    # s = 2, m = 1/2. The attack's cosines are 1 and 0, the bona fide frame's 1/2 and 0.
    batch = batch_of(torch.tensor([1.0, -0.5]), torch.tensor([True, False]))
    attack = -math.log(math.exp(1) / (math.exp(1) + 1))
    bona_fide = -math.log(math.exp(0) / (math.exp(0) + 1))
    value = AmSoftmax(scale=2.0, margin=0.5)(batch)["loss"].item()
    assert value == pytest.approx((attack + bona_fide) / 2)


@pytest.mark.parametrize(("scale", "margin"), [(30.0, 0.35), (64.0, 0.0), (5.0, 0.9)])
def test_against_cosface(scale: float, margin: float) -> None:
    torch.manual_seed(0)
    features, is_attack = torch.randn(20, 6), torch.arange(20) % 3 == 0
    head = CosineHead(6, 5)
    other = CosFaceLoss(num_classes=2, embedding_size=5, margin=margin, scale=scale)
    other.W.data = head.class_weight.data.T.clone()
    output = head(features)
    assert output.logit is not None
    ours = AmSoftmax(scale, margin)(batch_of(output.logit, is_attack))["loss"]
    theirs = other(output.embedding, is_attack.long())
    assert ours.item() == pytest.approx(theirs.item(), rel=1e-4)
    (slope,) = torch.autograd.grad(ours, head.projection.weight, retain_graph=True)
    (expected,) = torch.autograd.grad(theirs, head.projection.weight)
    torch.testing.assert_close(slope, expected, rtol=1e-3, atol=1e-5)


def test_without_margin_it_is_binary_cross_entropy() -> None:
    logit, is_attack = torch.linspace(-2, 2, 8), torch.arange(8) % 2 == 0
    value = AmSoftmax(scale=30.0, margin=0.0)(batch_of(logit, is_attack))["loss"]
    expected = BinaryCrossEntropy()(batch_of(30 * logit, is_attack))["loss"]
    torch.testing.assert_close(value, expected)


def test_a_head_without_logit_is_a_config_error() -> None:
    with pytest.raises(ConfigError, match="head=cosine"):
        AmSoftmax(30.0, 0.35)(batch_of(torch.zeros(2), torch.arange(2) > 0)._replace(logit=None))
