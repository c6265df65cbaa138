"""Binary cross-entropy by hand, and without a logit."""

import math

import pytest
import torch

from anomaly_fas.errors import ConfigError
from anomaly_fas.losses.batch import LossInput
from anomaly_fas.losses.binary_cross_entropy import BinaryCrossEntropy


def test_by_hand() -> None:
    batch = LossInput(
        torch.zeros(2, 4), torch.tensor([0.0, 2.0]), torch.tensor([True, False]), torch.arange(2)
    )
    expected = (math.log(2) + math.log(1 + math.exp(2))) / 2
    assert BinaryCrossEntropy()(batch)["loss"].item() == pytest.approx(expected)


def test_a_head_without_logit_is_a_config_error() -> None:
    batch = LossInput(torch.zeros(2, 4), None, torch.tensor([True, False]), torch.arange(2))
    with pytest.raises(ConfigError, match="head=logit"):
        BinaryCrossEntropy()(batch)
