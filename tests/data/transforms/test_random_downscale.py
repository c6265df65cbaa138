"""Downscaling against Pillow's resampling."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from torch import Tensor

from anomaly_fas.data.transforms.random_downscale import ENLARGE_BY, RandomDownscale, downscale
from anomaly_fas.errors import ConfigError
from tests.data.transforms.pictures import PICTURES, picture

PILLOW = {
    "nearest-exact": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
}


def by_pillow(image: Tensor, factor: float, mode: str) -> np.ndarray:
    whole = Image.fromarray(image.permute(1, 2, 0).numpy())
    small = (max(2, round(whole.width * factor)), max(2, round(whole.height * factor)))
    shrunk = whole.resize(small, Image.Resampling.BILINEAR)  # antialiased when it shrinks
    return np.asarray(shrunk.resize(whole.size, PILLOW[mode])).transpose(2, 0, 1)


@pytest.mark.parametrize("mode", ENLARGE_BY)
@pytest.mark.parametrize("factor", [0.2, 0.5, 0.77])
def test_it_is_what_pillow_makes_of_it(mode: str, factor: float) -> None:
    image = picture(64, 48)
    made = downscale(image, factor, mode).numpy().astype(int)
    inner = (slice(None), slice(6, -6), slice(6, -6)) if mode == "bicubic" else slice(None)
    expected = by_pillow(image, factor, mode).astype(int)
    # Where bicubic interpolation has too few neighbours, at the border, each does it its own way,
    # and so does its kernel (a = -0.5 there, -0.75 here).
    assert abs(made - expected)[inner].max() <= (6 if mode == "bicubic" else 1)


@given(PICTURES, st.floats(0.01, 1), st.sampled_from(ENLARGE_BY))
def test_how_an_image_lies_in_memory_changes_nothing(
    image: Tensor, factor: float, mode: str
) -> None:
    made = downscale(image, factor, mode).int()
    assert (made - downscale(image.contiguous(), factor, mode).int()).abs().max() <= 1


@given(PICTURES, st.floats(0.01, 1), st.sampled_from(ENLARGE_BY))
def test_type_and_shape_stay_and_no_contrast_is_won(
    image: Tensor, factor: float, mode: str
) -> None:
    made = downscale(image, factor, mode)
    assert (made.dtype, made.shape) == (torch.uint8, image.shape)
    if mode != "bicubic":  # which overshoots
        assert made.min() >= image.min()
        assert made.max() <= image.max()


@given(st.integers(0, 255), st.floats(0.01, 1), st.sampled_from(ENLARGE_BY))
def test_a_constant_image_stays(grey: int, factor: float, mode: str) -> None:
    image = torch.full((3, 32, 32), grey, dtype=torch.uint8)
    assert torch.equal(downscale(image, factor, mode), image)


def test_half_by_nearest_leaves_blocks_of_four() -> None:
    made = RandomDownscale([0.5, 0.5], p=1)
    torch.manual_seed(0)
    image = picture(32, 32)
    blocks = [
        all(torch.equal(out[:, a::2, b::2], out[:, ::2, ::2]) for a in (0, 1) for b in (0, 1))
        for out in (made(image) for _ in range(60))
    ]
    assert sum(blocks) / 60 == pytest.approx(1 / 3, abs=0.2)


def test_less_is_left_the_smaller_the_factor() -> None:
    image = picture(64, 64)
    left = [
        float((downscale(image, factor, "bilinear").float().diff() ** 2).mean())
        for factor in (1.0, 0.8, 0.5, 0.25)
    ]
    assert left == sorted(left, reverse=True)
    assert left[-1] < left[0] / 4


def test_a_factor_of_one_and_a_probability_of_nought_change_nothing() -> None:
    image = picture()
    assert torch.equal(RandomDownscale([1, 1], p=1)(image), image)
    assert torch.equal(RandomDownscale([0.1, 0.1], p=0)(image), image)


@pytest.mark.parametrize("factor", [[0.9, 0.4], [0, 1], [0.5, 1.5], [0.5]])
def test_a_range_that_is_none_is_named(factor: list[float]) -> None:
    with pytest.raises(ConfigError, match=r"factor=.*give two numbers within \[0\.01, 1\]"):
        RandomDownscale(factor)
