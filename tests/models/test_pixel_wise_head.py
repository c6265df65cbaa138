"""Logits of the pixel-wise head, by hand."""

import math

import pytest
import torch

from anomaly_fas.models.pixel_wise_head import PixelWiseHead


def test_pixel_wise_logits_by_hand() -> None:
    head = PixelWiseHead(features=2)
    torch.nn.init.zeros_(head.classifier.bias)  # type: ignore[arg-type]
    head.classifier.weight.data = torch.tensor([2.0, -1.0]).view(1, 2, 1, 1)
    features = torch.tensor([[[[1.0, 0.0]], [[0.5, 3.0]]]])  # of one row and two columns
    output = head(features)
    assert output.map_logit is not None
    assert output.logit is not None
    assert output.map_logit.tolist() == [[[pytest.approx(1.5), pytest.approx(-3.0)]]]
    mean = (1 / (1 + math.exp(-1.5)) + 1 / (1 + math.exp(3))) / 2
    assert output.logit.item() == pytest.approx(4 * mean - 2)
    pooled = [0.5, 1.75]
    assert output.embedding[0].tolist() == pytest.approx([x / math.hypot(*pooled) for x in pooled])


def test_at_the_start_the_image_is_as_likely_an_attack_as_its_map_says() -> None:
    head = PixelWiseHead(features=3)
    torch.nn.init.zeros_(head.classifier.weight)
    torch.nn.init.constant_(head.classifier.bias, 0.1)  # type: ignore[arg-type]
    output = head(torch.randn(2, 3, 4, 4))
    assert output.logit is not None
    torch.testing.assert_close(output.logit, torch.full((2,), 0.1), atol=1e-3, rtol=0)
