"""The score of a logit."""

import math

import pytest
import torch

from anomaly_fas.errors import ConfigError
from anomaly_fas.output import Output
from anomaly_fas.scorers.logit import Logit
from tests.scorers.galleries import units


def test_logit_is_a_sigmoid() -> None:
    scores = Logit(4)(Output(units(2, 0), torch.tensor([0.0, 2.0])))
    assert scores.tolist() == pytest.approx([0.5, 1 / (1 + math.exp(-2))])


def test_a_missing_logit_is_named() -> None:
    with pytest.raises(ConfigError, match="head=logit"):
        Logit(4)(Output(units(2, 0), None))
