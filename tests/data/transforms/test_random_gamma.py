"""Gamma against its formula in numpy."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from anomaly_fas.data.transforms.random_gamma import RandomGamma, adjust_gamma
from anomaly_fas.errors import ConfigError
from tests.data.transforms.pictures import PICTURES, picture

GREYS = torch.arange(256, dtype=torch.uint8).expand(3, 1, 256)


@given(PICTURES, st.floats(0.2, 5))
def test_it_is_the_formula(image: Tensor, gamma: float) -> None:
    expected = np.round(255 * (image.numpy() / 255.0) ** gamma)
    np.testing.assert_array_equal(adjust_gamma(image, gamma).numpy(), expected)


def test_values_worked_out_by_hand() -> None:
    # 255 (64 / 255) ** 0.5 = sqrt(64 * 255) = 127.75; 64 ** 2 / 255 = 16.06
    image = torch.full((3, 32, 32), 64, dtype=torch.uint8)
    assert adjust_gamma(image, 0.5).unique().tolist() == [128]
    assert adjust_gamma(image, 2.0).unique().tolist() == [16]


def test_a_gamma_of_one_and_a_probability_of_nought_change_nothing() -> None:
    assert torch.equal(RandomGamma([1, 1], p=1)(GREYS), GREYS)
    assert torch.equal(RandomGamma([5, 5], p=0)(GREYS), GREYS)


def test_draws_stay_within_the_range_and_fill_it_half_on_either_side_of_one() -> None:
    torch.manual_seed(0)
    grey = torch.full((3, 1, 1), 128, dtype=torch.uint8)
    transform = RandomGamma([0.5, 2.0], p=1)
    drawn = torch.stack([transform(grey)[0, 0, 0] for _ in range(500)]).double()
    gammas = torch.log(drawn / 255) / math.log(128 / 255)
    assert 0.49 < gammas.min() < 0.55
    assert 1.9 < gammas.max() < 2.02
    assert (gammas < 1).double().mean() == pytest.approx(0.5, abs=0.08)


def test_it_happens_as_often_as_asked() -> None:
    torch.manual_seed(1)
    image = picture()
    transform = RandomGamma([2, 3], p=0.25)
    changed = sum(not torch.equal(transform(image), image) for _ in range(800))
    assert changed / 800 == pytest.approx(0.25, abs=0.06)


@pytest.mark.parametrize(
    "gamma", [[2, 1], [0, 1], [-1, 1], [1], [1, 2, 3], [float("nan"), 1], [1, float("inf")]]
)
def test_a_range_that_is_none_is_named(gamma: list[float]) -> None:
    with pytest.raises(ConfigError, match=r"gamma=.*give two numbers 0\.01 or more"):
        RandomGamma(gamma)


@pytest.mark.parametrize("p", [-0.1, 1.5, float("nan")])
def test_a_probability_that_is_none_is_named(p: float) -> None:
    with pytest.raises(ConfigError, match="RandomGamma: p="):
        RandomGamma([1, 2], p=p)
