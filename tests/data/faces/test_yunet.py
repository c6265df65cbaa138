"""YuNet without its network: what is said without one, and how OpenCV's answers are read."""

from __future__ import annotations

import hashlib
import pickle
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from anomaly_fas.data.faces.centerface import CenterFace
from anomaly_fas.data.faces.face import Face
from anomaly_fas.data.faces.yunet import YuNet
from anomaly_fas.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


class Stub:
    """Stands in for OpenCV's detector: keeps what it is given, answers what it is told."""

    def __init__(self, answer: np.ndarray | None) -> None:
        self.answer = answer
        self.sizes: list[tuple[int, int]] = []
        self.image = np.empty(0)

    def detect(self, image: np.ndarray) -> tuple[int, np.ndarray | None]:
        self.image = image
        return 1, self.answer


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "yunet.onnx"
    path.write_bytes(b"no network")
    return path


def with_stub(model: Path, stub: Stub, monkeypatch: pytest.MonkeyPatch, **settings: int) -> YuNet:
    def create(path: str, config: str, size: tuple[int, int], *rest: float) -> Stub:
        assert (path, config) == (str(model), "")
        stub.sizes.append(size)
        return stub

    monkeypatch.setattr(cv2.FaceDetectorYN, "create", create)
    return YuNet(str(model), **settings)


def test_rows_become_faces_in_the_original_image(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A frame of 1280 x 720 is halved: x, y, w, h; subject's right eye (left in the image), left
    # eye, nose, right and left mouth corner; score.
    row = [100, 50, 40, 60, 110, 70, 130, 71, 120, 80, 112, 95, 128, 96, 0.875]
    stub = Stub(np.array([row], dtype=np.float32))
    frame = np.zeros((720, 1280, 3), np.uint8)
    frame[..., 0] = 200
    faces = with_stub(model, stub, monkeypatch)(frame)
    landmarks = ((220.0, 140.0), (260.0, 142.0), (240.0, 160.0), (224.0, 190.0), (256.0, 192.0))
    assert faces == [Face((200.0, 100.0, 280.0, 220.0), landmarks, 0.875)]
    assert stub.sizes == [(640, 360)]
    assert stub.image.shape == (360, 640, 3)
    assert stub.image[0, 0].tolist() == [0, 0, 200]  # OpenCV has blue first


def test_small_frames_are_left_as_they_are(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stub = Stub(None)
    detector = with_stub(model, stub, monkeypatch, max_side=320)
    for shape in ((90, 91, 3), (90, 91, 3), (320, 30, 3)):
        assert detector(np.zeros(shape, np.uint8)) == []
    assert stub.sizes == [(91, 90), (30, 320)]


def test_a_file_must_be_named_and_be_there(tmp_path: Path) -> None:
    for name in ("", str(tmp_path), str(tmp_path / "none.onnx")):
        with pytest.raises(ConfigError, match=r"is no file.*face_detection_yunet_2023mar\.onnx"):
            YuNet(name)


def test_files_that_are_no_yunet_are_refused(model: Path) -> None:
    image = np.zeros((64, 64, 3), np.uint8)
    with pytest.raises(ConfigError, match=r"yunet\.onnx' is no YuNet"):
        YuNet(str(model))(image)
    with pytest.raises(ConfigError, match="is no YuNet"):
        YuNet(str(CenterFace().model))(image)


def test_settings_out_of_range_are_named(model: Path) -> None:
    with pytest.raises(ConfigError, match=r"face_detector\.score_threshold=0"):
        YuNet(str(model), score_threshold=0)
    with pytest.raises(ConfigError, match=r"face_detector\.max_side=0"):
        YuNet(str(model), max_side=0)


def test_the_facts_name_the_network_and_the_settings(model: Path) -> None:
    assert pickle.loads(pickle.dumps(YuNet(str(model), 0.6, 320, 0.2))).describe() == {
        "name": "yunet",
        "model_sha256": hashlib.sha256(b"no network").hexdigest(),
        "score_threshold": 0.6,
        "overlap_threshold": 0.2,
        "max_side": 320,
    }
