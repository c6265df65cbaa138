"""Labels and variants of runs: what was set, the network, and no paths."""

from __future__ import annotations

from anomaly_fas.loggers.run_label import run_label, run_variant

NETWORK = {"model.backbone": "lcnet_050", "model.pretrained": False, "model.weights": None}


def test_a_label_has_what_was_set_for_the_run_without_folders() -> None:
    overrides = [
        "study=rivals",
        "study_name=mine",
        "loss.weight=0.1",
        "init_from=/home/a/best.ckpt",
    ]
    assert run_label(overrides, "objective") == "loss.weight=0.1 init_from=best.ckpt"
    assert run_label(["study=rivals"], "objective") == "objective"


def test_a_variant_is_the_backbone_with_the_settings_of_the_model_alone() -> None:
    config = {
        "method": "objective",
        "loss.weight": 0.1,
        "model._target_": "a.b.Embedder",
        **NETWORK,
    }
    assert run_variant(config) == "lcnet_050 pretrained=False weights=None"
    assert run_variant(config | {"loss.weight": 1, "method": "other"}) == run_variant(config)


def test_a_network_without_a_backbone_is_named_after_its_class() -> None:
    assert run_variant({"model._target_": "mine.networks.Tiny", "model.width": 8}) == "Tiny width=8"


def test_a_run_without_a_network_has_no_variant() -> None:
    assert run_variant({"method": "colour_texture", "baseline.kernel": "rbf"}) == ""
