"""Every augmentation of conf/transform: what it leaves, what it changes, and that seeds decide."""

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from hydra.utils import instantiate
from omegaconf import OmegaConf
from torch import Tensor, nn
from torch.utils.data import DataLoader

from anomaly_fas.commands.app import config_dir
from anomaly_fas.data.dataset import TrainFrames
from anomaly_fas.data.sampler import FrameKey
from anomaly_fas.runs.composition import composed
from tests.data.transforms.pictures import picture

OPTIONS = sorted(path.stem for path in (config_dir() / "transform").glob("*.yaml"))
STEPS = ["flip", "crop", "gamma", "colour", "blur", "downscale", "jpeg", "cutout"]
NEUTRAL = {
    "none": [],
    "flip": ["p=0"],
    "crop": ["scale=[1,1]", "ratio=[1,1]"],
    "colour": ["brightness=0.0", "contrast=0.0", "saturation=0.0", "hue=0.0"],
    "blur": ["p=0"],
    "jpeg": ["p=0"],
    "downscale": ["factor=[1,1]", "p=1"],
    "gamma": ["gamma=[1,1]", "p=1"],
    "cutout": ["p=0"],
}


@cache
def settings(option: str, *overrides: str, size: int = 48) -> Any:
    made = composed("train", [f"transform={option}", f"image_size={size}", *overrides])
    return OmegaConf.to_container(made.transform, resolve=True)


@cache
def transform(option: str, *overrides: str, size: int = 48) -> nn.Module:
    made = instantiate(settings(option, *overrides, size=size))
    assert isinstance(made, nn.Module)
    return made


def seeded(step: nn.Module, image: Tensor, seed: int) -> Tensor:
    torch.manual_seed(seed)
    made = step(image)
    assert isinstance(made, Tensor)
    return made


class Pictures:
    size = 48
    annotations = pd.DataFrame({"label": ["bona_fide", "attack"] * 3})
    frame_counts = np.full(6, 2)

    def prepare(self) -> None:
        """Nothing to do."""

    def frame(self, row: int, number: int) -> np.ndarray:
        return picture(48, 48, seed=10 * row + number).permute(1, 2, 0).contiguous().numpy()


@pytest.mark.parametrize("option", OPTIONS)
def test_type_and_shape_stay_and_the_image_is_not_written_to(option: str) -> None:
    size = 33  # small and odd
    image = picture(size, size)
    before = image.clone()
    for seed in range(20):
        made = seeded(transform(option, size=size), image, seed)
        assert (made.dtype, made.shape) == (torch.uint8, image.shape)
        assert torch.equal(image, before)


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("grey", [0, 255])
def test_black_and_white_images_stay_images(option: str, grey: int) -> None:
    image = torch.full((3, 48, 48), grey, dtype=torch.uint8)
    for seed in range(10):
        made = seeded(transform(option), image, seed)
        assert (made.dtype, made.shape) == (torch.uint8, image.shape)


@pytest.mark.parametrize("option", OPTIONS)
def test_the_seed_decides(option: str) -> None:
    image = picture(48, 48)
    step = transform(option)
    first = [seeded(step, image, seed) for seed in range(40)]
    np.random.default_rng(0).random()
    again = [seeded(step, image, seed) for seed in range(40)]
    assert all(map(torch.equal, first, again))
    images = {one.contiguous().numpy().tobytes() for one in first}
    assert len(images) == 1 if option == "none" else len(images) > 1


@pytest.mark.parametrize("option", OPTIONS)
def test_workers_and_their_number_change_nothing(option: str) -> None:
    keys = [[FrameKey(row, 1, 0, step, row) for row in range(6)] for step in range(3)]
    frames = TrainFrames(Pictures(), transform(option), seed=3)
    batches = [
        [batch.image for batch in DataLoader(frames, batch_sampler=keys, num_workers=workers)]
        for workers in (0, 1, 2)
    ]
    for others in batches[1:]:
        assert all(map(torch.equal, batches[0], others))
    if option != "none":
        assert not torch.equal(batches[0][0], batches[0][1])


@pytest.mark.parametrize("option", NEUTRAL)
def test_neutral_parameters_change_nothing(option: str) -> None:
    neutral = transform(option, *(f"transform.{setting}" for setting in NEUTRAL[option]))
    image = picture(48, 48)
    assert all(torch.equal(seeded(neutral, image, seed), image) for seed in range(10))


def test_neutral_parameters_are_known_of_every_step() -> None:
    assert set(NEUTRAL) <= {*OPTIONS} - {"field", "flip_crop", "lighting"}
    assert set(STEPS) == {*NEUTRAL} - {"none"}


def test_a_flip_mirrors_every_other_image() -> None:
    image = picture(48, 48)
    made = [seeded(transform("flip"), image, seed) for seed in range(200)]
    mirrored = sum(torch.equal(one, image.flip(-1)) for one in made)
    assert mirrored + sum(torch.equal(one, image) for one in made) == 200
    assert mirrored / 200 == pytest.approx(0.5, abs=0.12)


def test_a_cutout_is_one_rectangle_of_the_stated_area_and_colour() -> None:
    colour = torch.tensor([124, 116, 104], dtype=torch.uint8)[:, None, None]
    image = torch.full((3, 48, 48), 7, dtype=torch.uint8)
    areas = []
    for seed in range(200):
        made = seeded(transform("cutout", "transform.p=1.0"), image, seed)
        cut = (made == colour).all(0)
        assert torch.equal(made[:, ~cut], image[:, ~cut])
        rows, columns = cut.any(1).nonzero(), cut.any(0).nonzero()
        height, width = (int(places.max() - places.min() + 1) for places in (rows, columns))
        assert int(cut.sum()) == height * width  # nothing in the rectangle is left
        assert 0.5 / 1.3 < height / width < 2 * 1.3
        areas.append(height * width / 48**2)
    assert 0.015 < min(areas) < 0.04
    assert 0.13 < max(areas) < 0.16


def test_colour_is_brightness_contrast_and_saturation_within_their_strength() -> None:
    grey = torch.full((3, 48, 48), 100, dtype=torch.uint8)
    made = [seeded(transform("colour"), grey, seed) for seed in range(200)]
    assert all(torch.equal(one[0], one[1]) and torch.equal(one[1], one[2]) for one in made)
    levels = torch.stack([one[0, 0, 0] for one in made]).int()
    assert 79 <= levels.min() <= 84
    assert 116 <= levels.max() <= 121


def test_a_blur_is_a_gaussian_of_the_stated_width() -> None:
    blur = transform("blur", "transform.p=1.0")
    point = torch.zeros((3, 49, 49), dtype=torch.uint8)
    point[:, 24, 24] = 255
    across = torch.arange(49) - 24.0
    for seed in range(30):
        made = seeded(blur, point, seed)[0].double()
        assert torch.equal(made, made.T)
        spread = float(((made.sum(0) * across**2).sum() / made.sum()).sqrt())
        assert spread <= 1.5
        assert float(made.sum()) == pytest.approx(255, abs=20)  # rounding of 49 values


def test_the_fields_augmentations_are_the_single_ones_in_turn() -> None:
    field = dict(settings("field"))
    assert field.pop("_target_").endswith("Chain")
    assert list(field) == STEPS
    assert all(field[name] == settings(name) for name in STEPS)
    image = picture(48, 48)
    for seed in range(20):
        expected = seeded(transform("flip"), image, seed)
        for name in STEPS[1:]:
            expected = transform(name)(expected)
        assert torch.equal(seeded(transform("field"), image, seed), expected)


def test_lighting_is_the_field_with_other_light() -> None:
    field, lighting = (settings(name) for name in ("field", "lighting"))
    changed = {name for name in field if field[name] != lighting[name]}
    assert set(field) == set(lighting)
    assert changed == {"gamma", "colour"}
    image = torch.full((3, 32, 32), 100, dtype=torch.uint8)
    spread = [
        np.std([seeded(transform(name), image, seed).float().median() for seed in range(200)])
        for name in ("field", "lighting")
    ]
    assert spread[1] > 2 * spread[0]


def test_a_step_of_the_field_is_changed_and_left_out_by_its_name() -> None:
    made = settings("field", "transform.jpeg.p=0.1", "~transform.blur")
    assert made["jpeg"]["p"] == 0.1
    assert [name for name in made if name != "_target_"] == [n for n in STEPS if n != "blur"]


def test_the_published_runs_augmentation_is_what_it_was() -> None:
    # Run folders are named after the resolved config.
    assert settings("flip_crop", size=224) == {
        "_target_": "torchvision.transforms.v2.Compose",
        "transforms": [
            {"_target_": "torchvision.transforms.v2.RandomHorizontalFlip", "p": 0.5},
            {
                "_target_": "torchvision.transforms.v2.RandomResizedCrop",
                "size": 224,
                "scale": [0.7, 1.0],
                "ratio": [0.9, 1.1111],
                "antialias": True,
            },
        ],
    }
    assert settings("none") == {"_target_": "torchvision.transforms.v2.Identity"}
