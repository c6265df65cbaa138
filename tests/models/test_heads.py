"""What the heads make of features, and what is kept of them."""

import math

import pytest
import torch
from torch.nn.functional import normalize

from anomaly_fas.models.centred_head import LEAST, CentredHead
from anomaly_fas.models.cosine_head import CosineHead
from anomaly_fas.models.head import FeaturesHead
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


def test_features_are_kept_in_their_direction_alone() -> None:
    output = FeaturesHead(features=2)(torch.tensor([[3.0, 4.0], [0.0, -2.0]]))
    torch.testing.assert_close(output.embedding, torch.tensor([[0.6, 0.8], [0.0, -1.0]]))
    assert output.logit is None


def test_the_centre_is_the_mean_of_the_first_training_batch() -> None:
    torch.manual_seed(0)
    head = CentredHead(features=6, dim=40)
    first, second = torch.randn(8, 6) + 0.3, torch.randn(8, 6)
    head.eval()(first)
    assert not head.centre.any()
    head.train()(first)
    mean = (first @ head.projection.weight.T).mean(dim=0).detach()
    far = mean.abs() > LEAST
    assert 0 < far.sum() < 40
    torch.testing.assert_close(head.centre[far], mean[far])
    torch.testing.assert_close(head.centre[~far], LEAST * mean[~far].sign())
    kept = head.centre.clone()
    output = head(second)
    assert torch.equal(head.centre, kept)
    torch.testing.assert_close(output.embedding, second @ head.projection.weight.T - kept)


def test_the_centre_outlives_a_checkpoint() -> None:
    head, resumed = CentredHead(features=6, dim=4), CentredHead(features=6, dim=4)
    head(torch.randn(8, 6))
    resumed.load_state_dict(head.state_dict())
    features = torch.randn(8, 6)
    assert torch.equal(resumed(features).embedding, head(features).embedding)
    assert torch.equal(resumed.centre, head.centre)


def test_distances_to_the_centre_are_not_rounded_by_autocast() -> None:
    torch.manual_seed(0)
    head = CentredHead(features=6, dim=4)
    features = torch.randn(8, 6)
    exact = head(features).embedding
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(head(features).embedding, exact)
