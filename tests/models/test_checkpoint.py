"""Checkpoints of strangers, of other networks, and damaged ones; the detector's own scoring."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

import anomaly_fas
from anomaly_fas.errors import CheckpointError, ConfigError, DataError
from anomaly_fas.models.checkpoint import FACTS, build_detector, load, load_weights, warm_start
from anomaly_fas.models.crop import to_crop
from anomaly_fas.scorers.scorer import Gallery
from tests.nonempty import nonempty

CONFIG: dict[str, Any] = {
    "image_size": 32,
    "model": {
        "_target_": "anomaly_fas.models.embedder.Embedder",
        "backbone": "resnet10t",
        "pretrained": False,
        "weights": None,
        "frozen_stages": 0,
    },
    "head": {
        "_target_": "anomaly_fas.models.head.ProjectionHead",
        "dim": 8,
    },
    "scorer": {
        "few_shot": {"_target_": "anomaly_fas.scorers.few_shot.FewShot", "pairs": 5, "scale": 1.0},
        "live_centre": {"_target_": "anomaly_fas.scorers.live_centre.LiveCentre", "references": 9},
    },
}
NAMES = ["eer", "bpcer_5"]


def crops(count: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, 32, 32, 3), dtype=np.uint8)


def write(path: Path, config: dict[str, Any] = CONFIG) -> Path:
    torch.manual_seed(3)
    detector = build_detector(CONFIG, NAMES)
    embedding = torch.nn.functional.normalize(torch.randn(20, 8), dim=1)
    for scorer in detector.scorers.values():
        scorer.fit(Gallery(embedding[:10], embedding[10:]))  # type: ignore[operator]
    detector.set_thresholds("few_shot", {"eer": 0.5, "bpcer_5": 0.6})
    detector.set_thresholds("live_centre", {"eer": 1.0, "bpcer_5": 1.2})
    state = {f"detector.{name}": value for name, value in detector.state_dict().items()}
    torch.save({"state_dict": state, FACTS: {"config": config, "threshold_names": NAMES}}, path)
    return path


def test_load_gives_scores_and_decisions(tmp_path: Path) -> None:
    detector = anomaly_fas.load(write(tmp_path / "c.ckpt"))
    assert not detector.training
    scores = detector.score(crops(7))
    with torch.inference_mode():
        output = detector(torch.from_numpy(crops(7)).permute(0, 3, 1, 2))
    np.testing.assert_allclose(scores, detector.scores(output)["few_shot"].numpy(), atol=1e-6)
    assert detector.is_attack(crops(7)).tolist() == (scores >= 0.5).tolist()
    centre = detector.score(crops(7), "live_centre", batch_size=2)
    np.testing.assert_allclose(centre, detector.scores(output)["live_centre"].numpy(), atol=1e-6)
    strict = detector.is_attack(crops(7), "live_centre", "bpcer_5")
    assert strict.tolist() == (centre >= 1.2).tolist()


def test_kernels_are_laid_out_channels_last(tmp_path: Path) -> None:
    detector = load(write(tmp_path / "c.ckpt"))
    kernels = [part for part in detector.parameters() if part.ndim == 4 and part[0].numel() > 1]
    assert kernels
    assert all(own.is_contiguous(memory_format=torch.channels_last) for own in kernels)


def test_images_of_any_size_are_cut_and_resized_alike(tmp_path: Path) -> None:
    detector = load(write(tmp_path / "c.ckpt"))
    wide = np.asarray(Image.fromarray(crops(1)[0]).resize((90, 60)))
    expected = detector.score([to_crop(wide, 32)])
    np.testing.assert_array_equal(detector.score([wide]), expected)
    tensor = torch.from_numpy(crops(3)).permute(0, 3, 1, 2)
    np.testing.assert_array_equal(detector.score(tensor), detector.score(crops(3)))
    assert detector.score([wide, crops(1)[0]]).shape == (2,)


def test_bad_questions_are_answered_clearly(tmp_path: Path) -> None:
    detector = load(write(tmp_path / "c.ckpt"))
    with pytest.raises(ConfigError, match="scorer 'svm': choose one of few_shot, live_centre"):
        detector.score(crops(1), "svm")
    with pytest.raises(ConfigError, match="threshold 'best': choose one of eer, bpcer_5"):
        detector.is_attack(crops(1), threshold="best")
    with pytest.raises(DataError, match="not float64 of shape"):
        detector.score([crops(1)[0] / 255])
    with pytest.raises(DataError, match="no images"):
        detector.score([])


@pytest.mark.parametrize("content", [b"", b"rubbish", b"PK\x03\x04rubbish"])
def test_damaged_files_are_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "c.ckpt"
    with pytest.raises(CheckpointError, match="no checkpoint at"):
        load(path)
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match=r"c\.ckpt is no checkpoint"):
        load(path)


def test_a_cut_checkpoint_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "c.ckpt")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(CheckpointError, match=r"c\.ckpt is no checkpoint"):
        load(path)


def test_another_programs_checkpoint_is_named(tmp_path: Path) -> None:
    torch.save({"state_dict": {}}, tmp_path / "c.ckpt")
    with pytest.raises(CheckpointError, match="not written by anomaly_fas"):
        load(tmp_path / "c.ckpt")


def test_a_checkpoint_cannot_run_code(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[Any, tuple[str]]:
            return (print, ("pickled code ran",))

    torch.save({"state_dict": {}, FACTS: Evil()}, tmp_path / "pickle.ckpt")
    with pytest.raises(CheckpointError, match="no checkpoint that can be read"):
        load(tmp_path / "pickle.ckpt")
    config = deepcopy(CONFIG)
    config["head"]["inner"] = {"_target_": "os.system", "command": "true"}
    with pytest.raises(CheckpointError, match=r"asks for os\.system"):
        load(write(tmp_path / "config.ckpt", config))


def test_another_architecture_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "c.ckpt")
    checkpoint = torch.load(path, weights_only=True)
    wider = deepcopy(CONFIG)
    wider["head"]["dim"] = 16
    with pytest.raises(CheckpointError, match=r"resnet10t\) does not fit.*shape"):
        load_weights(build_detector(wider, NAMES), checkpoint, path)
    other = deepcopy(CONFIG)
    other["model"]["backbone"] = "lcnet_050"
    with pytest.raises(CheckpointError, match="tensors are missing"):
        load_weights(build_detector(other, NAMES), checkpoint, path)
    with pytest.raises(CheckpointError, match=r"is a resnet10t.*model\.backbone=resnet10t"):
        warm_start(build_detector(other, NAMES), path, "lcnet_050")


def test_warm_start_takes_what_fits(tmp_path: Path) -> None:
    (tmp_path / "run" / "checkpoints").mkdir(parents=True)
    path = write(tmp_path / "run" / "checkpoints" / "best.ckpt")
    donor = load(path)
    config = deepcopy(CONFIG)
    config["head"] = {"_target_": "anomaly_fas.models.head.LogitHead"}
    config["scorer"] = {"logit": {"_target_": "anomaly_fas.scorers.logit.Logit"}}
    detector = build_detector(config, NAMES)
    fresh = warm_start(detector, tmp_path / "run", "resnet10t")
    assert fresh == ["head.classifier.bias", "head.classifier.weight"]
    for name, value in nonempty(detector.embedder.backbone.state_dict().items()):
        torch.testing.assert_close(value, donor.embedder.backbone.state_dict()[name])
    assert detector.thresholds.isnan().all()
