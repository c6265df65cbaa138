"""What a run is put together from."""

from hydra import compose, initialize_config_dir
from hydra.utils import instantiate
from omegaconf import Container
from torch import nn

from anomaly_fas.commands.config_folder import config_dir
from anomaly_fas.commands.fit import build_datamodule
from anomaly_fas.commands.wandb_state import register_resolver

SMALL = ["data.extent.train=2", "data.extent.devel=1", "data.extent.test=1"]


def test_augmentations_hold_plain_values_which_are_quick_to_read() -> None:
    register_resolver()
    with initialize_config_dir(str(config_dir()), version_base="1.3"):
        config = compose("train", ["transform=field", "image_size=32", *SMALL])
    transform = build_datamodule(config, instantiate(config.protocol))._transform
    assert isinstance(transform, nn.Module)
    settings = [value for step in transform.modules() for value in vars(step).values()]
    assert [0.7, 1.0] in settings
    assert not [value for value in settings if isinstance(value, Container)]
