"""JPEG against files that Pillow writes."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from torch import Tensor

from anomaly_fas.data.transforms.random_jpeg import RandomJpeg, jpeg
from anomaly_fas.errors import ConfigError
from tests.data.transforms.pictures import PICTURES, picture


def through_a_file(image: Tensor, quality: int, path: Path) -> np.ndarray:
    Image.fromarray(image.permute(1, 2, 0).numpy()).save(path, format="JPEG", quality=quality)
    return np.asarray(Image.open(path)).transpose(2, 0, 1)


@pytest.mark.parametrize("quality", [1, 50, 75, 95, 100])
def test_it_is_the_file_of_that_quality(quality: int, tmp_path: Path) -> None:
    image = picture(33, 50)
    expected = through_a_file(image, quality, tmp_path / "a.jpg")
    np.testing.assert_array_equal(jpeg(image, quality).numpy(), expected)


def test_qualities_are_those_of_the_range_both_ends_included(tmp_path: Path) -> None:
    image = picture()
    known = {through_a_file(image, q, tmp_path / "a.jpg").tobytes(): q for q in range(30, 40)}
    assert len(known) == 10
    torch.manual_seed(0)
    transform = RandomJpeg([33, 36], p=1)
    drawn = {known[transform(image).contiguous().numpy().tobytes()] for _ in range(60)}
    assert drawn == {33, 34, 35, 36}


@given(PICTURES, st.integers(1, 100))
def test_type_and_shape_stay(image: Tensor, quality: int) -> None:
    made = jpeg(image, quality)
    assert (made.dtype, made.shape) == (torch.uint8, image.shape)


def test_worse_quality_leaves_more_error() -> None:
    image = picture(64, 64)
    errors = [
        float((jpeg(image, quality).float() - image.float()).abs().mean())
        for quality in (95, 60, 20, 5)
    ]
    assert errors == sorted(errors)
    assert 0 < errors[0] < errors[-1] / 2


def test_a_constant_grey_image_stays() -> None:
    image = torch.full((3, 32, 32), 128, dtype=torch.uint8)
    assert torch.equal(jpeg(image, 30), image)


def test_the_image_itself_is_left_alone() -> None:
    image = picture()
    before = image.clone()
    jpeg(image, 10).fill_(0)
    assert torch.equal(image, before)


def test_a_probability_of_nought_changes_nothing() -> None:
    image = picture()
    assert torch.equal(RandomJpeg([1, 1], p=0)(image), image)


@pytest.mark.parametrize("quality", [[0, 50], [90, 101], [90, 50], [75]])
def test_a_range_that_is_none_is_named(quality: list[int]) -> None:
    with pytest.raises(ConfigError, match=r"quality=.*give two numbers within \[1, 100\]"):
        RandomJpeg(quality)


def test_a_broken_quality_is_named() -> None:
    with pytest.raises(ConfigError, match=r"quality=\[50\.5, 90\]: give whole numbers"):
        RandomJpeg([50.5, 90])  # type: ignore[list-item]
