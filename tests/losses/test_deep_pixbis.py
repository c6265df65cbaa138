"""Pixel-wise binary supervision by hand, and without a map."""

import math

import pytest
import torch

from anomaly_fas.errors import ConfigError
from anomaly_fas.losses.batch import LossInput
from anomaly_fas.losses.deep_pixbis import DeepPixBiS


def by_hand() -> LossInput:
    places = torch.tensor([[[0.0, 2.0]], [[-1.0, 1.0]]])
    is_attack = torch.tensor([True, False])
    return LossInput(
        torch.zeros(2, 4), torch.tensor([0.5, -3.0]), is_attack, torch.arange(2), places
    )


def costs(logits: list[float]) -> float:
    """Mean cross-entropy of log odds of the right label."""
    return sum(math.log(1 + math.exp(-logit)) for logit in logits) / len(logits)


@pytest.mark.parametrize("weight", [0.0, 0.3, 1.0])
def test_by_hand(weight: float) -> None:
    terms = DeepPixBiS(weight)(by_hand())
    pixel, image = costs([0.0, 2.0, 1.0, -1.0]), costs([0.5, 3.0])
    assert terms["pixel"].item() == pytest.approx(pixel)
    assert terms["image"].item() == pytest.approx(image)
    assert terms["loss"].item() == pytest.approx(weight * pixel + (1 - weight) * image)


@pytest.mark.parametrize("lacking", ["logit", "map_logit"])
def test_a_head_without_map_is_a_config_error(lacking: str) -> None:
    with pytest.raises(ConfigError, match="head=pixel_wise"):
        DeepPixBiS(0.5)(by_hand()._replace(**{lacking: None}))
