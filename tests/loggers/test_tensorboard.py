"""TensorBoard's files, read back: figures, pictures, hyper-parameters, and runs that resume."""

from importlib import util
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from anomaly_fas.errors import ConfigError, RunError
from anomaly_fas.loggers import tensorboard as run_tensorboard
from anomaly_fas.loggers.tensorboard import RunTensorBoardLogger
from anomaly_fas.loggers.views import TakesPictures, TakesScores

FACTS = {"study": "mine", "protocol": "grandtest", "seed": 3, "overrides": ["a=1", "seed=3"]}
FIGURES = {"eer": {"acer": 0.125, "apcer": 0.25, "bpcer": 0.0, "eer": 0.0625, "auc": 0.9}}


class Scores:
    """As much of a score table as is looked at."""

    scorers = ("few_shot", "live_centre")


def read(folder: Path) -> Any:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    return EventAccumulator(str(folder / "tensorboard")).Reload()


def log(folder: Path, losses: dict[int, float]) -> RunTensorBoardLogger:
    logger = RunTensorBoardLogger(str(folder))
    logger.log_hyperparams({"run_facts": FACTS, "data": {"root": "x"}})
    logger.save()
    for step, loss in losses.items():
        logger.log_metrics({"train/loss": loss}, step)
    logger.finalize("success")
    return logger


def test_files_that_cannot_be_written_are_named(tmp_path: Path) -> None:
    (tmp_path / "tensorboard").write_text("in the way")
    with pytest.raises(RunError, match=f"cannot write {tmp_path}/tensorboard: File exists"):
        RunTensorBoardLogger(str(tmp_path)).log_metrics({"train/loss": 0.5}, 0)


def test_figures_pictures_and_hyperparameters_can_be_read_back(tmp_path: Path) -> None:
    logger = log(tmp_path, {4: 0.5, 9: 0.25})
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "det.png")
    logger.log_picture("figures/det", tmp_path / "det.png", 10)
    table: Any = Scores()
    logger.log_scores(table, {"few_shot": {"devel": FIGURES, "test": FIGURES}}, 10)
    logger.finalize("success")
    events = read(tmp_path)
    assert [(e.step, e.value) for e in events.Scalars("train/loss")] == [(4, 0.5), (9, 0.25)]
    assert [(e.step, e.value) for e in events.Scalars("final/test/acer")] == [(10, 0.125)]
    (image,) = events.Images("figures/det")
    assert (image.step, image.width, image.height) == (10, 30, 20)
    shown = Image.open(BytesIO(image.encoded_image_string))
    np.testing.assert_array_equal(np.asarray(shown), pixels)
    content = events.SummaryMetadata("_hparams_/session_start_info").plugin_data.content
    for part in (b"grandtest", b"mine", b"a=1 seed=3"):
        assert part in content
    assert b"root" not in content
    assert not (tmp_path / "tensorboard/hparams.yaml").exists()


def test_a_resumed_run_takes_the_place_of_the_steps_it_repeats(tmp_path: Path) -> None:
    log(tmp_path, {4: 0.5, 9: 0.25, 14: 0.125})
    log(tmp_path, {9: 1.0, 14: 2.0, 19: 3.0})
    losses = [(event.step, event.value) for event in read(tmp_path).Scalars("train/loss")]
    assert losses == [(4, 0.5), (9, 1.0), (14, 2.0), (19, 3.0)]


def test_without_the_package_the_message_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without(name: str) -> Any:
        return None if name == "tensorboard" else util.find_spec(name)

    monkeypatch.setattr(run_tensorboard, "find_spec", without)
    with pytest.raises(ConfigError, match=r"pip install 'anomaly-fas\[tensorboard\]'") as error:
        RunTensorBoardLogger(str(tmp_path))
    assert "\n" not in str(error.value)


def test_it_takes_pictures_and_scores(tmp_path: Path) -> None:
    logger = RunTensorBoardLogger(str(tmp_path))
    assert isinstance(logger, TakesPictures)
    assert isinstance(logger, TakesScores)
    assert not logger.log_faces_and_subjects
