"""The map that a cut backbone gives is the whole one's, and nothing idle is left of it."""

from types import SimpleNamespace

import pytest
import timm
import torch

from anomaly_fas.errors import ConfigError
from anomaly_fas.models.embedder import Embedder
from anomaly_fas.models.feature_map import cut_behind_map, feature_map
from anomaly_fas.models.head import LogitHead
from anomaly_fas.models.pixel_wise_head import PixelWiseHead

LAST_LAYERS = {"resnet10t": "layer3", "lcnet_050": "blocks.4", "regnetx_002": "s3"}


@pytest.mark.parametrize("backbone", LAST_LAYERS)
def test_the_map_is_what_the_whole_network_computes_on_its_way(backbone: str) -> None:
    network = timm.create_model(backbone, num_classes=0).eval()
    images = torch.randn(2, 3, 64, 96)
    seen = []
    network.get_submodule(LAST_LAYERS[backbone]).register_forward_hook(
        lambda _module, _given, features: seen.append(features)
    )
    with torch.inference_mode():
        network(images)
        channels = cut_behind_map(network, backbone)
        features = feature_map(network, images)
    assert features.shape == (2, channels, 4, 6)
    assert torch.equal(features, seen[0])


@pytest.mark.parametrize("backbone", [*LAST_LAYERS, "tf_efficientnet_lite0", "convnext_atto"])
def test_all_that_is_left_of_a_backbone_learns(backbone: str) -> None:
    embedder = Embedder(backbone, PixelWiseHead, pretrained=False)
    output = embedder(torch.randint(0, 256, (2, 3, 64, 64), dtype=torch.uint8))
    assert output.logit is not None
    (output.logit.sum() + output.embedding[:, 0].sum()).backward()
    assert [name for name, value in embedder.named_parameters() if value.grad is None] == []


def test_frozen_stages_count_as_in_the_whole_network() -> None:
    frozen = []
    for head in (PixelWiseHead, LogitHead):
        embedder = Embedder("resnet10t", head, pretrained=False, frozen_stages=3)
        named = embedder.named_parameters()
        frozen.append([name for name, value in named if not value.requires_grad])
    assert frozen[0] == frozen[1] != []


@pytest.mark.parametrize("stages", [(), ({"reduction": 8, "num_chs": 4},)])
def test_a_backbone_without_such_a_map_is_named(stages: tuple[dict[str, int], ...]) -> None:
    with pytest.raises(ConfigError, match=r"'odd' gives no feature map at 1/16.*head=pixel_wise"):
        cut_behind_map(SimpleNamespace(feature_info=stages), "odd")
