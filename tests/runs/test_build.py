"""The parts of a run, and trainers under which a run could not be resumed."""

import pytest
from hydra.utils import instantiate
from omegaconf import Container, OmegaConf
from torch import nn

from anomaly_fas.data.datamodule import PadDataModule
from anomaly_fas.errors import ConfigError
from anomaly_fas.runs.build import build_datamodule, check_resumable
from anomaly_fas.runs.composition import composed
from anomaly_fas.types import Split

EXTENT = {"train": 2, "devel": 1, "test": 1, "bona_fide": 2, "attacks": 1, "frames": 1}


def built(*overrides: str, extent: str = "data.extent") -> PadDataModule:
    small = [f"{extent}.{key}={value}" for key, value in EXTENT.items()]
    config = composed("train", [*overrides, "image_size=32", *small])
    return build_datamodule(config, instantiate(config.protocol), instantiate(config.data))


def test_augmentations_hold_plain_values_which_are_quick_to_read() -> None:
    transform = built("transform=field")._transform
    assert isinstance(transform, nn.Module)
    settings = [value for step in transform.modules() for value in vars(step).values()]
    assert [0.7, 1.0] in settings
    assert not [value for value in settings if isinstance(value, Container)]


def with_attacks(*overrides: str) -> PadDataModule:
    return built("data=simulated_attacks", *overrides, extent="data.source.extent")


def test_simulated_attacks_alone_train_and_tune_without_any_other() -> None:
    datamodule = with_attacks("data.alone=true")
    rows, selection = datamodule.annotations, datamodule.selection
    for split, is_simulated in ((Split.TRAIN, True), (Split.DEVEL, True), (Split.TEST, False)):
        samples = rows.iloc[selection[split]]
        is_attack = samples["label"] == "attack"
        assert ((samples["fabricated"] != "") == (is_attack & is_simulated)).all()
        assert set(samples["label"]) == {"bona_fide", "attack"}


def test_batches_of_a_seed_are_those_of_earlier_versions() -> None:
    """Rows as the version that simulated attacks in a transform drew them."""
    loader = with_attacks(
        "epoch_steps=3", "runtime.workers=0", "sampler.batch_size=12"
    ).train_dataloader()
    assert loader.batch_sampler is not None
    assert [[key.row for key in batch] for batch in loader.batch_sampler] == [  # type: ignore[attr-defined]
        [51, 1, 136, 80, 91, 40, 3, 101, 144, 247, 319, 207],
        [80, 136, 50, 1, 92, 125, 143, 88, 59, 190, 207, 309],
        [137, 51, 92, 11, 40, 10, 143, 8, 58, 180, 205, 294],
    ]


def test_the_share_of_simulated_attacks_is_that_of_the_source() -> None:
    datamodule = with_attacks("data.share=1", "epoch_steps=3", "runtime.workers=0")
    is_simulated = (datamodule.annotations["fabricated"] != "").to_numpy()
    is_attack = (datamodule.annotations["label"] == "attack").to_numpy()
    sampler = datamodule.train_dataloader().batch_sampler
    assert sampler is not None
    rows = [key.row for batch in sampler for key in batch]  # type: ignore[attr-defined]
    assert (is_simulated[rows] == is_attack[rows]).all()
    assert is_attack[rows].any()


@pytest.mark.parametrize(
    ("name", "value", "instead"),
    [
        ("accumulate_grad_batches", 2, "sampler.batch_size"),
        ("limit_train_batches", 0.5, "epoch_steps"),
        ("overfit_batches", 1, "data.extent.train=1"),
        ("fast_dev_run", True, "epochs=1 epoch_steps=1"),
        ("max_steps", 10, "epochs and epoch_steps"),
        ("max_time", "00:01:00:00", "SIGTERM"),
    ],
)
def test_what_breaks_the_count_of_steps_is_named_and_what_serves_instead(
    name: str, value: object, instead: str
) -> None:
    with pytest.raises(ConfigError, match=rf"^trainer\.{name}={value}: .*use .*{instead}"):
        check_resumable(OmegaConf.create({"devices": 1, name: value}))


def test_what_does_not_is_let_through() -> None:
    check_resumable(OmegaConf.create({"devices": 2, "max_time": None, "gradient_clip_val": 1.0}))
    check_resumable(OmegaConf.create({"accumulate_grad_batches": 1, "max_steps": -1}))
    check_resumable(OmegaConf.create({"fast_dev_run": False, "overfit_batches": 0.0}))
