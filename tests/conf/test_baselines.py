"""Classical methods as a config away, beside losses, and what names their runs."""

import numpy as np
import pytest
from hydra.utils import instantiate
from omegaconf import DictConfig

from anomaly_fas.commands.app import config_dir
from anomaly_fas.runs import composition
from anomaly_fas.runs.folder import plain, run_folder

BASELINES, STUDIES = (
    sorted(path.stem for path in (config_dir() / group).glob("*.yaml"))
    for group in ("baseline", "study")
)
DIMENSIONS = {"colour_texture": 354, "image_quality": 121}


def composed(*overrides: str) -> DictConfig:
    return composition.composed("train", list(overrides))


def name(*overrides: str) -> str:
    return run_folder(plain(composed(*overrides)), "grandtest")[0].path.parent.name


@pytest.mark.parametrize("option", BASELINES)
def test_a_baseline_brings_features_a_classifier_and_its_name(option: str) -> None:
    config = composed(f"baseline={option}")
    assert config.method == option
    features = instantiate(config.baseline)
    image = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    assert features(image).shape == (features.dim,)
    assert features.dim == DIMENSIONS.get(option, features.dim)
    classifier = instantiate(config.classifier, _convert_="all")
    assert classifier.chosen(np.arange(10) < 5, seed=0).size == 10
    assert name(f"baseline={option}").startswith(f"{option}-")


@pytest.mark.parametrize("option", BASELINES)
@pytest.mark.parametrize(
    "network",
    [
        "model=lcnet_050", "optimizer.lr=0.5", "epochs=2", "loss=binary_cross_entropy", "scale=8.0",
        "sampler.batch_size=8", "runtime=cpu", "datamodule.eval_batch_size=1",
    ],
)  # fmt: skip
def test_settings_of_networks_do_not_name_its_runs(option: str, network: str) -> None:
    assert name(f"baseline={option}", network) == name(f"baseline={option}")
    if network not in {"runtime=cpu"}:
        assert name(network) != name()


@pytest.mark.parametrize(
    "setting",
    ["classifier.C=[1.0]", "classifier.max_frames=9", "image_size=32", "data.extent.seed=1"],
)
def test_its_own_settings_and_the_datas_do(setting: str) -> None:
    assert name("baseline=colour_texture", setting) != name("baseline=colour_texture")


def test_runs_of_networks_are_named_as_without_baselines() -> None:
    assert "baseline" not in composed()
    assert "classifier" not in composed()


@pytest.mark.parametrize("study", STUDIES)
@pytest.mark.parametrize("option", BASELINES)
def test_a_study_takes_it_as_an_entry_beside_losses(study: str, option: str) -> None:
    config = composed(f"study={study}", f"baseline={option}")
    assert (config.method, config.study_name) == (option, study)
