"""Whom a run was trained on: names in common, and data or protocols that are gone."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from PIL import Image

from anomaly_fas.runs.composition import composed
from anomaly_fas.runs.folder import plain
from anomaly_fas.runs.known_subjects import known_subjects

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
