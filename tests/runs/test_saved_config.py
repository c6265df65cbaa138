"""A config that was saved is what a command started from it runs, whatever its folder is called."""

from pathlib import Path

import pytest
from omegaconf import OmegaConf

from anomaly_fas.runs.composition import composed
from anomaly_fas.runs.folder import distinguishing, plain
from anomaly_fas.runs.saved_config import arguments, save
from tests import forked


@pytest.mark.parametrize("folder", ["plain", "method-1a2b/seed=0", "two words/ünï"])
def test_a_command_from_a_saved_config_has_that_config(tmp_path: Path, folder: str) -> None:
    config = composed("train", ["study=embedded", "loss.weight=0.5", "logger=csv"])
    config.overrides = ["loss.weight=0.5"]
    path = tmp_path / folder / "config.yaml"
    save(config, path)
    done = forked.run(["train", *arguments(path), "--cfg", "job"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert plain(OmegaConf.create(done.stdout)) == plain(config)
    assert {path.name for path in tmp_path.iterdir()} == {Path(folder).parts[0]}


def test_a_saved_config_still_follows_what_the_command_fills_in(tmp_path: Path) -> None:
    config = composed("train", ["paths.output_dir=/there"])
    save(config, tmp_path / "config.yaml")
    saved = OmegaConf.load(tmp_path / "config.yaml")
    assert plain(saved) == plain(config)
    for made in (config, saved):
        made.run_folder, made.run_facts = "there/seed=0", {"data_kind": "simulated"}
    assert plain(saved) == plain(config)
    assert saved.logger.csv.folder == "there/seed=0"
    assert saved.logger.wandb.facts == {"data_kind": "simulated"}


def test_overrides_that_change_nothing_computed_do_not_tell_runs_apart() -> None:
    given = [
        "loss=objective", "seed=1", "paths.output_dir=/x", "logger=csv",
        "+trainer.limit_val_batches=2", "runtime=ddp",
        "runtime.devices=2", "paths.roots.siw=/y", "~transform", "loss.weight=0.1",
    ]  # fmt: skip
    assert distinguishing(given) == [
        "loss=objective", "seed=1", "+trainer.limit_val_batches=2", "~transform", "loss.weight=0.1",
    ]  # fmt: skip
