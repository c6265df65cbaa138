"""What a run is put together from."""

from hydra.utils import instantiate
from omegaconf import Container
from torch import nn

from anomaly_fas.runs.composition import composed
from anomaly_fas.runs.fit import build_datamodule
from anomaly_fas.types import Split

SMALL = ["data.extent.train=2", "data.extent.devel=1", "data.extent.test=1"]


def test_augmentations_hold_plain_values_which_are_quick_to_read() -> None:
    config = composed("train", ["transform=field", "image_size=32", *SMALL])
    transform = build_datamodule(config, instantiate(config.protocol))._transform
    assert isinstance(transform, nn.Module)
    settings = [value for step in transform.modules() for value in vars(step).values()]
    assert [0.7, 1.0] in settings
    assert not [value for value in settings if isinstance(value, Container)]


def test_simulated_attacks_alone_train_and_tune_without_any_other() -> None:
    overrides = ["transform=simulated_attacks", "transform.alone=true", "image_size=32", *SMALL]
    config = composed("train", overrides)
    datamodule = build_datamodule(config, instantiate(config.protocol))
    rows, selection = datamodule.source.annotations, datamodule.selection
    for split, made in ((Split.TRAIN, True), (Split.DEVEL, True), (Split.TEST, False)):
        own = rows.iloc[selection[split]]
        assert ((own["fabricated"] != "") == ((own["label"] == "attack") & made)).all()
        assert set(own["label"]) == {"bona_fide", "attack"}
