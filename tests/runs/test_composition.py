"""Configs composed outside of a command line, and what they may say beside YAML."""

import pytest
from omegaconf import OmegaConf

from anomaly_fas.runs.composition import composed, composed_with_hydra, register_resolvers


def test_configs_see_the_state_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_MODE", "offline")
    register_resolvers()
    register_resolvers()
    assert OmegaConf.create({"offline": "${wandb_offline:}"}).offline is True
    monkeypatch.setenv("WANDB_MODE", "online")
    assert OmegaConf.create({"offline": "${wandb_offline:}"}).offline is False


@pytest.mark.parametrize(
    ("overrides", "method"),
    [
        ([], "objective"),
        (["loss=deep_sad"], "deep_sad"),
        (["baseline=image_quality"], "image_quality"),
        (["baseline=image_quality", "loss=deep_sad"], "image_quality"),
        (["loss=deep_sad", "method=mine"], "mine"),
    ],
)
def test_the_method_is_the_chosen_baseline_or_loss(overrides: list[str], method: str) -> None:
    assert composed("train", overrides).method == method
    assert composed_with_hydra("train", overrides).method == method
