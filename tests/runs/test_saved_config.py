"""Saved configs: what they start, what counts of them, and the subjects they were trained on."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from omegaconf import OmegaConf
from PIL import Image

from anomaly_fas.runs.composition import composed
from anomaly_fas.runs.folder import distinguishing, plain
from anomaly_fas.runs.saved_config import arguments, known_subjects, save
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


RUN = Path("run")


def saved(
    place: Path, subjects: list[str], labels: tuple[str, ...] = ("bona_fide", "attack")
) -> dict[str, Any]:
    """The config of a run that was trained on an image of each label of each subject."""
    rows = [
        {"path": f"{number}-{label}.png", "label": label, "subject": subject, "split": "train"}
        for number, subject in enumerate(subjects)
        for label in labels
    ]
    for row in rows:
        Image.new("RGB", (32, 32)).save(place / row["path"])
    pd.DataFrame(rows).assign(pai="", dataset="d").to_csv(place / "m.csv", index=False)
    data = ["data=manifest", f"data.manifest={place}/m.csv", f"paths.root={place}"]
    return plain(composed("train", [*data, "image_size=32", f"paths.output_dir={place}"]))


def asked(*subjects: str) -> pd.DataFrame:
    return pd.DataFrame({"dataset": "d", "subject": list(subjects)})


def test_subjects_in_common_are_named_in_order_and_unnamed_ones_are_not(tmp_path: Path) -> None:
    config = saved(tmp_path, ["b", "a", "", "c"])
    assert known_subjects(RUN, config, asked("x", "b", "", "a", "b")) == ["d/a", "d/b"]
    assert known_subjects(RUN, config, asked("x")) == []


def test_training_on_bona_fide_faces_alone_is_known_too(tmp_path: Path) -> None:
    """Their attacks were simulated."""
    config = saved(tmp_path, ["a", "b"], labels=("bona_fide",))
    assert known_subjects(RUN, config, asked("b", "c")) == ["d/b"]


def test_a_config_that_cannot_be_built_is_told_and_knows_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    config = saved(tmp_path, ["a"])
    config["protocol"] = {"_target_": "anomaly_fas.protocols.folds.Folds", "train_session": "no"}
    assert known_subjects(RUN, config, asked("a")) == []
    assert "cannot tell whom run was trained on" in caplog.text
