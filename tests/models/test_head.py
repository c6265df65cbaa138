"""What the heads without a logit keep of features."""

import torch

from anomaly_fas.models.head import FeaturesHead


def test_features_are_kept_in_their_direction_alone() -> None:
    output = FeaturesHead(features=2)(torch.tensor([[3.0, 4.0], [0.0, -2.0]]))
    torch.testing.assert_close(output.embedding, torch.tensor([[0.6, 0.8], [0.0, -1.0]]))
    assert output.logit is None
