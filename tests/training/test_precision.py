"""Precision follows machine and network."""

import pytest
import timm
import torch

from anomaly_fas.errors import ConfigError
from anomaly_fas.training import precision
from anomaly_fas.training.precision import choose_precision, has_depthwise


@pytest.mark.parametrize(
    ("backbone", "depthwise"),
    [
        ("resnet10t", False),
        ("regnetx_002", False),
        ("lcnet_050", True),
        ("mobilenetv3_small_050", True),
    ],
)
def test_depthwise_convolutions_are_found(backbone: str, depthwise: bool) -> None:
    assert has_depthwise(timm.create_model(backbone)) is depthwise


@pytest.mark.parametrize(
    ("native", "backbone", "expected"),
    [
        (True, "resnet10t", "bf16-mixed"),
        (True, "lcnet_050", "32-true"),
        (False, "resnet10t", "32-true"),
    ],
)
def test_auto_on_a_cpu(
    monkeypatch: pytest.MonkeyPatch,
    native: bool,
    backbone: str,
    expected: str,
) -> None:
    monkeypatch.setattr(precision, "multiplies_bf16", lambda: native)
    assert choose_precision("auto", timm.create_model(backbone), on_gpu=False) == expected


def test_what_is_asked_for_is_given() -> None:
    network = torch.nn.Linear(1, 1)
    for wanted in ("32-true", "bf16-mixed"):
        assert choose_precision(wanted, network, on_gpu=False) == wanted  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=r"trainer\.precision='fp8'"):
        choose_precision("fp8", network, on_gpu=False)  # type: ignore[arg-type]
