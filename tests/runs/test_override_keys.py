"""Renamed keys name their successors, and unknown keys the nearest known one."""

import pytest
from omegaconf import OmegaConf

from anomaly_fas.errors import ConfigError
from anomaly_fas.runs.composition import composed
from anomaly_fas.runs.override_keys import refuse_renamed, refuse_renamed_in, with_nearest


@pytest.mark.parametrize(
    ("argument", "new"),
    [
        ("weight_decay=0", "weight_decay is now optimizer.weight_decay"),
        ("output_dir=/x", "output_dir is now paths.output_dir"),
        ("data.root=faces", "data.root is now paths.root"),
        ("data.roots.siw=/siw", "data.roots is now paths.roots"),
        ("trainer=ddp", "trainer=ddp is now runtime=ddp"),
        ("++trainer.strategy.timeout.minutes=1", "trainer.strategy is now runtime.strategy"),
        ("trainer.devices=2", "trainer.devices is now runtime.devices"),
    ],
)
def test_an_old_key_says_the_new_one(argument: str, new: str) -> None:
    with pytest.raises(ConfigError, match=new):
        refuse_renamed(["seed=1", argument])


def test_all_old_keys_are_named_and_new_ones_pass() -> None:
    with pytest.raises(ConfigError, match=r"workers is now runtime\.workers; gather is now"):
        refuse_renamed(["workers=1", "gather=false"])
    refuse_renamed(["runtime.workers=1", "trainer=default", "data=manifest", "--cfg", "job"])


def test_an_old_key_in_a_config_file_says_the_new_one() -> None:
    config = composed("train")
    refuse_renamed_in(config)
    old = OmegaConf.merge(config.copy(), {})
    OmegaConf.set_struct(old, False)
    old.weight_decay = 0.0
    old.trainer.devices = 2
    with pytest.raises(ConfigError) as error:
        refuse_renamed_in(old)
    assert "weight_decay is now optimizer.weight_decay" in str(error.value)
    assert "trainer.devices is now runtime.devices" in str(error.value)


@pytest.mark.parametrize(
    ("unknown", "nearest"),
    [
        ("zzz", None),
        ("epochz", "epochs"),
        ("optimizer.wieght_decay", "optimizer.weight_decay"),
    ],
)
def test_an_unknown_key_names_the_nearest(unknown: str, nearest: str | None) -> None:
    message = with_nearest(f"Could not override '{unknown}'.", "train")
    assert nearest is None or message.endswith(f"Did you mean {nearest}?")


def test_other_messages_stay() -> None:
    assert with_nearest("In 'train': no such option", "train") == "In 'train': no such option"
