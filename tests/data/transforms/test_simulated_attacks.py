"""`transform=simulated_attacks`: what it makes of a source, and what it refuses."""

from typing import Any

import pytest
import torch
from torch import nn

from anomaly_fas.data.transforms.simulated_attacks import SimulatedAttacks
from anomaly_fas.errors import ConfigError
from anomaly_fas.simulation.photo_surface import Framing
from anomaly_fas.types import Split
from tests.data.test_fabricated import Faces


class Darker(nn.Module):
    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return image // 2


def transform(**changes: Any) -> SimulatedAttacks:
    settings: dict[str, Any] = {
        "species": ["print"], "share": 0.5, "camera_share": 0.5, "recapture": 0.5,
        "framing": Framing(), "seed": 0, "then": Darker(), "alone": False,
    }  # fmt: skip
    return SimulatedAttacks(**(settings | changes))


def test_a_source_gets_attacks_of_the_species_asked_for() -> None:
    source = transform(species=["print", "mask"]).extend(Faces())
    assert source.annotations["pai"].tolist() == [""] * 4 + ["print"] * 3 + ["mask"] * 3


def test_images_are_augmented_afterwards() -> None:
    image = torch.full((3, 4, 4), 100, dtype=torch.uint8)
    torch.testing.assert_close(transform()(image), torch.full((3, 4, 4), 50, dtype=torch.uint8))


@pytest.mark.parametrize("key", ["share", "camera_share", "recapture"])
@pytest.mark.parametrize("value", [-0.1, 1.5])
def test_a_share_is_between_0_and_1(key: str, value: float) -> None:
    with pytest.raises(ConfigError, match=rf"transform\.{key}"):
        transform(**{key: value})


def test_alone_names_the_splits_without_other_attacks() -> None:
    assert transform().alone == ()
    assert transform(alone=True).alone == (Split.TRAIN, Split.DEVEL)
    assert transform(alone="train").alone == (Split.TRAIN,)


def test_alone_is_one_of_three() -> None:
    with pytest.raises(ConfigError, match=r"transform\.alone='devel'.*false, true, train"):
        transform(alone="devel")
