"""The command from run folders to a page: what it reads, what it misses, what it refuses."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from omegaconf import OmegaConf

from anomaly_fas.commands.ablation import ablation
from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.runs.command_configs import check_values
from anomaly_fas.runs.composition import composed
from tests.reporting.studies import write_run

if TYPE_CHECKING:
    from pathlib import Path

    from omegaconf import DictConfig


def trained(weight: float) -> dict[str, Any]:
    return {
        "method": "objective",
        "scale": 8.0,
        "head": {"dim": 512},
        "loss": {
            "main": {"anchors": "both"},
            "regulariser": {"sigma": 0.3, "margin": 0.2},
            "weight": weight,
        },
        "seed": 0,
    }


def settings(folder: Path, *overrides: str) -> DictConfig:
    fewer = [f"~factors.{name}" for name in ("sigma", "m", "scale", "anchors", "pairs")]
    return composed("ablation", [f"paths.output_dir={folder}", "replicates=20", *fewer, *overrides])


def run(config: DictConfig) -> None:
    check_values(config, "ablation")
    ablation(config)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base and a run with another weight, over two seeds."""
    folder = tmp_path_factory.mktemp("study")
    for digest, weight, apart in (("base", 0.01, 0.5), ("weight", 0.1, 0.0)):
        for seed in (0, 1):
            run = write_run(folder / "ablation", config_hash=digest, seed=seed, apart=apart)
            OmegaConf.save(trained(weight), run / "config.yaml")
    return folder


def test_a_study_becomes_a_page(
    study: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "report"
    ablation(settings(study, f"output={folder}"))
    figures = pd.read_csv(folder / "figures.csv")
    chosen = (figures["split"] == "test") & (figures["figure"] == "eer")
    own = figures[chosen & (figures["factor"] == "lambda")].set_index("level")
    assert list(own.index.astype(float)) == [0.01, 0.1]
    assert list(own["is_base"]) == [True, False]
    assert own["difference_value"].iloc[1] > 0.1  # its classes are not told apart
    assert set(figures[figures["factor"] == "scorer"]["level"]) == {"few_shot", "live_centre"}
    assert (folder / "lambda.png").exists()
    page = (folder / "README.md").read_text(encoding="utf-8")
    for missing in ("grandtest: λ 1, seeds 0, 1, 2", "grandtest: λ 0.1, seed 2"):
        assert f"- {missing}\n" in page
        assert f"missing: {missing}" in caplog.text
    assert "- unseen_attack_mask: every run" in page


@pytest.mark.parametrize("content", ["loss: [", "- a list", None])
def test_a_damaged_config_is_named(study: Path, tmp_path: Path, content: str | None) -> None:
    copied = shutil.copytree(study, tmp_path / "copied")
    (path,) = copied.glob("*/*/objective-weight/seed=1/config.yaml")
    path.unlink()
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match="objective-weight/seed=1"):
        ablation(settings(copied))


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("replicates=1", "2 or more"),
        ("factors.lambda.borrowed={0:{loss:none}}", "no such level"),
        ("factors.dim.base=64", "none of its levels"),
    ],
)
def test_settings_that_make_no_sense_are_told(study: Path, override: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        run(settings(study, override))
