"""A source with fabricated attacks: the same for judging, drawn anew for training."""

import pickle

import numpy as np
import pytest

from anomaly_fas.data.fabricated import Fabricated
from anomaly_fas.data.fabricated_rows import species_of
from anomaly_fas.data.source import FreshFrames
from anomaly_fas.simulation.photo_surface import Framing
from anomaly_fas.types import ANNOTATION_COLUMNS, DataKind
from tests.simulation.faces import face


class Faces:
    """Three bona fide faces of two frames each, and an attack."""

    kind = DataKind.REAL
    image_size = 64
    fingerprint = "faces"

    def __init__(self) -> None:
        import pandas as pd

        rows = pd.DataFrame(
            {"sample_id": ["x", "y", "z", "w"], "label": ["bona_fide"] * 3 + ["attack"]}
        )
        self.annotations = rows.reindex(columns=list(ANNOTATION_COLUMNS), fill_value="")
        self.frame_counts = np.array([2, 2, 2, 1])
        self.asked: list[tuple[int, int]] = []

    def prepare(self) -> None:
        self.asked.append((-1, -1))

    def frame_counts_before(self, number: int) -> np.ndarray:
        counts: np.ndarray = np.minimum(self.frame_counts, number)
        return counts

    def frame(self, row: int, number: int) -> np.ndarray:
        self.asked.append((row, number))
        return face(64, row % 2)


def made(recapture: float = 0.0, seed: int = 0, camera_share: float = 0.5) -> Fabricated:
    return Fabricated(
        Faces(), species_of(["print_low", "replay_low"]), Framing(),
        camera_share=camera_share, recapture=recapture, seed=seed,
    )  # fmt: skip


def test_own_frames_are_passed_on_and_attacks_have_the_frames_of_their_sample() -> None:
    source = made()
    assert source.frame_counts.tolist() == [2, 2, 2, 1] + [2] * 6
    assert source.frame_counts_before(1).tolist() == [1] * 10
    np.testing.assert_array_equal(source.frame(1, 0), face(64, 1))
    source.frame(9, 1)
    assert source._source.asked == [(1, 0), (2, 1)]


def test_what_is_judged_is_always_the_same_in_any_order_and_process() -> None:
    first, second = made(), pickle.loads(pickle.dumps(made()))
    images = {row: first.frame(row, 0) for row in (4, 8, 5)}
    for row in (5, 4, 8, 4):
        np.testing.assert_array_equal(second.frame(row, 0), images[row])
    assert not np.array_equal(first.frame(4, 0), first.frame(4, 1))
    assert not np.array_equal(made(seed=1).frame(4, 0), images[4])
    assert not np.array_equal(images[4], face(64, 0))


def test_training_images_are_drawn_by_the_seed_they_are_asked_with() -> None:
    source = made()
    assert isinstance(source, FreshFrames)
    first, again, other = (source.fresh_frame(4, 0, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    np.testing.assert_array_equal(source.fresh_frame(0, 0, 1), face(64, 0))


@pytest.mark.parametrize(("share", "expected"), [(0.0, 0), (0.5, 20), (1.0, 40)])
def test_so_many_bona_fide_images_are_recaptured_and_no_attack_of_the_source(
    share: float, expected: int
) -> None:
    source = made(recapture=share)
    changed = sum(
        not np.array_equal(source.fresh_frame(0, 0, seed), face(64, 0)) for seed in range(40)
    )
    assert changed == pytest.approx(expected, abs=9 * (0 < share < 1))
    np.testing.assert_array_equal(source.fresh_frame(3, 0, 0), face(64, 1))


def test_loading_processes_are_not_sent_the_kept_images() -> None:
    source = made()
    empty = len(pickle.dumps(source))
    source.frame(4, 0)
    assert source._kept
    assert len(pickle.dumps(source)) < empty + 1000


def test_for_training_bona_fide_images_are_photographed_again_once_and_for_all() -> None:
    always, never = made(recapture=1.0), made(recapture=0.0)
    training = always.for_training()
    assert not np.array_equal(training.frame(0, 0), face(64, 0))
    np.testing.assert_array_equal(training.frame(0, 0), always.for_training().frame(0, 0))
    np.testing.assert_array_equal(always.frame(0, 0), face(64, 0))
    np.testing.assert_array_equal(never.for_training().frame(0, 0), face(64, 0))
    np.testing.assert_array_equal(training.frame(3, 0), face(64, 1))  # a real attack
    np.testing.assert_array_equal(training.frame(5, 0), always.frame(5, 0))


def test_for_training_it_is_other_images() -> None:
    names = {
        source.fingerprint
        for recapture in (0.0, 0.5)
        for source in (made(recapture), made(recapture).for_training())
    }
    assert len(names) == 3  # recapture changes nothing of what is judged
