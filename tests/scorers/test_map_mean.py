"""The mean of the map, by hand and through a detector."""

import math

import numpy as np
import pytest
import torch

from anomaly_fas.errors import ConfigError
from anomaly_fas.models.detector import Detector
from anomaly_fas.models.embedder import Embedder
from anomaly_fas.models.head import LogitHead
from anomaly_fas.models.pixel_wise_head import PixelWiseHead
from anomaly_fas.output import Output
from anomaly_fas.scorers.map_mean import MapMean

CROPS = np.random.default_rng(0).integers(0, 256, (3, 32, 48, 3), dtype=np.uint8)


def test_by_hand() -> None:
    places = torch.tensor([[[0.0, 2.0], [-1.0, 0.0]]])
    mean = (0.5 + 1 / (1 + math.exp(-2)) + 1 / (1 + math.exp(1)) + 0.5) / 4
    assert MapMean(4)(Output(torch.zeros(1, 4), None, places)).tolist() == [pytest.approx(mean)]


def test_a_detector_hands_it_the_map() -> None:
    embedder = Embedder("resnet10t", PixelWiseHead, pretrained=False)
    detector = Detector(embedder, {"map_mean": MapMean(embedder.dim)}, ["eer"], 32).eval()
    crops = CROPS[:, :, :32]
    with torch.inference_mode():
        output = detector(torch.from_numpy(crops.copy()).permute(0, 3, 1, 2))
    assert output.map_logit is not None
    assert output.map_logit.shape == (3, 2, 2)
    expected = 1 / (1 + np.exp(-output.map_logit.numpy().astype(float)))
    np.testing.assert_allclose(detector.score(crops), expected.mean(axis=(1, 2)), atol=1e-5)
    scores = detector.scores(output)["map_mean"]
    np.testing.assert_allclose(scores.numpy(), detector.score(crops), atol=1e-6)


def test_a_head_without_map_is_a_config_error() -> None:
    embedder = Embedder("resnet10t", LogitHead, pretrained=False)
    detector = Detector(embedder, {"map_mean": MapMean(embedder.dim)}, ["eer"], 32)
    with pytest.raises(ConfigError, match="head=pixel_wise"):
        detector.score(CROPS)
