"""The centre of the centred head: where it comes from, and that it stays."""

import torch

from anomaly_fas.models.centred_head import LEAST, CentredHead


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
