"""The logit of the cosine head against a softmax over cosines."""

import torch
from torch.nn.functional import normalize

from anomaly_fas.models.cosine_head import CosineHead


def test_the_cosine_logit_is_that_of_a_softmax_over_cosines() -> None:
    torch.manual_seed(0)
    head = CosineHead(features=6, dim=4)
    head.class_weight.data *= 7.0  # their length is none of the logit's business
    features = torch.randn(5, 6)
    output = head(features)
    embedding = features @ head.projection.weight.T
    cosine = torch.cosine_similarity(embedding[:, None], head.class_weight, dim=2)
    expected = torch.softmax(cosine, dim=1)[:, 1]
    assert output.logit is not None
    torch.testing.assert_close(torch.sigmoid(output.logit), expected)
    torch.testing.assert_close(output.embedding, normalize(embedding, dim=1))
