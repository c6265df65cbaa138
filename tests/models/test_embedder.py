"""The embedder: preprocessing, frozen stages, weights, the feature map, what it refuses."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import timm
import torch
from torch import nn

from anomaly_fas.errors import CheckpointError, ConfigError
from anomaly_fas.models import embedder as module
from anomaly_fas.models.embedder import Embedder, cut_behind_map, feature_map
from anomaly_fas.models.head import LogitHead, ProjectionHead
from anomaly_fas.models.pixel_wise_head import PixelWiseHead
from tests.nonempty import nonempty

LAST_LAYERS = {"resnet10t": "layer3", "lcnet_050": "blocks.4", "regnetx_002": "s3"}


def build(backbone: str = "resnet10t", **options: object) -> Embedder:
    settings: dict[str, object] = {"head": ProjectionHead, "pretrained": False} | options
    if settings["head"] is ProjectionHead:
        settings["head_settings"] = {"dim": 8}
    return Embedder(backbone, **settings)  # type: ignore[arg-type]


def images(count: int = 4, size: int = 32) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randint(0, 256, (count, 3, size, size), generator=generator, dtype=torch.uint8)


@pytest.mark.parametrize(
    "backbone", ["resnet10t", "lcnet_050", "regnetx_002", "vit_tiny_patch16_224"]
)
def test_embeddings_are_unit_vectors_of_any_backbone(backbone: str) -> None:
    size = 224 if backbone.startswith("vit") else 32
    output = build(backbone).eval()(images(2, size))
    assert output.embedding.shape == (2, 8)
    assert output.logit is None
    torch.testing.assert_close(output.embedding.norm(dim=1), torch.ones(2))


def test_logit_head_gives_both() -> None:
    network = build(head=LogitHead).eval()
    output = network(images())
    features = network.backbone((images() - network.mean) / network.std)
    assert output.logit is not None
    torch.testing.assert_close(output.logit, network.head.classifier(features).flatten())  # type: ignore[union-attr, operator]
    torch.testing.assert_close(output.embedding, nn.functional.normalize(features, dim=1))


def test_images_are_normalised_as_the_backbone_was_trained() -> None:
    network = build().eval()
    configured = timm.create_model("resnet10t", num_classes=0).pretrained_cfg
    seen = []
    network.backbone.register_forward_pre_hook(lambda _, args: seen.append(args[0]))
    network(torch.full((1, 3, 32, 32), 255, dtype=torch.uint8))
    expected = [(1 - m) / s for m, s in zip(configured["mean"], configured["std"], strict=True)]
    assert seen[0][0, :, 5, 5].tolist() == pytest.approx(expected, abs=1e-5)


def test_frozen_stages_neither_learn_nor_drift() -> None:
    network = build(frozen_stages=2).train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    optimizer = torch.optim.SGD([p for p in network.parameters() if p.requires_grad], lr=1.0)
    network(images()).embedding.sum().backward()
    optimizer.step()
    changed = {n for n, value in network.state_dict().items() if not torch.equal(value, before[n])}
    assert not any(
        name.startswith(("backbone.conv1", "backbone.bn1", "backbone.layer1"))
        for name in nonempty(changed)
    )
    assert any(name.startswith("backbone.layer2") for name in changed)
    assert any(name.startswith("head") for name in changed)


def test_too_many_frozen_stages_are_named() -> None:
    with pytest.raises(ConfigError, match="frozen_stages=9: this backbone has 5 stages"):
        build(frozen_stages=9)


@pytest.mark.parametrize("with_classifier", [False, True])
def test_a_local_weights_file_is_loaded(tmp_path: Path, with_classifier: bool) -> None:
    torch.manual_seed(1)
    donor = timm.create_model("resnet10t", num_classes=1000 if with_classifier else 0)
    torch.save(donor.state_dict(), tmp_path / "w.pth")
    network = build(weights=str(tmp_path / "w.pth"), pretrained=True)
    for name, value in nonempty(network.backbone.state_dict().items()):
        torch.testing.assert_close(value, donor.state_dict()[name])


def test_unfit_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no such file"):
        build(weights=str(tmp_path / "absent.pth"))
    (tmp_path / "rubbish.pth").write_bytes(b"rubbish")
    with pytest.raises(CheckpointError, match=r"rubbish\.pth cannot be loaded into resnet10t"):
        build(weights=str(tmp_path / "rubbish.pth"))
    other = timm.create_model("lcnet_050", num_classes=0)
    torch.save(other.state_dict(), tmp_path / "other.pth")
    with pytest.raises(CheckpointError, match=r"(not of the architecture|cannot be loaded)"):
        build(weights=str(tmp_path / "other.pth"))


def test_an_unknown_backbone_gets_suggestions() -> None:
    with pytest.raises(ConfigError, match=r"'resnet51' is no timm network.*resnet50"):
        build("resnet51")


def test_weights_that_cannot_be_fetched_say_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    real = timm.create_model

    def offline(name: str, **options: object) -> nn.Module:
        if options.get("pretrained"):
            raise OSError("Name or service not known")
        return real(name, **options)

    monkeypatch.setattr(module.timm, "create_model", offline)
    with pytest.raises(ConfigError, match=r"model\.pretrained=false.*model\.weights=.*init_from="):
        build(pretrained=True)


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
