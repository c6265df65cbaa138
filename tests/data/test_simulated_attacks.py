"""Attacks simulated from another source: the same for judging, drawn anew for training."""

import pickle
from typing import Any

import numpy as np
import pytest

from anomaly_fas.data.simulated_attacks import SimulatedAttacks
from anomaly_fas.data.source import AttackSource
from anomaly_fas.errors import ConfigError
from anomaly_fas.simulation.photo_surface import Framing
from anomaly_fas.types import ANNOTATION_COLUMNS, DataKind, Split
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


def made(**changes: Any) -> SimulatedAttacks:
    settings: dict[str, Any] = {
        "species": ["print_low", "replay_low"], "share": 0.5, "camera_share": 0.5,
        "recapture": 0.0, "framing": Framing(), "seed": 0, "alone": False,
    }  # fmt: skip
    return SimulatedAttacks(Faces(), **(settings | changes))


def test_a_source_gets_attacks_of_the_species_asked_for() -> None:
    source = made(species=["print", "mask"])
    assert source.annotations["pai"].tolist() == [""] * 4 + ["print"] * 3 + ["mask"] * 3


@pytest.mark.parametrize("key", ["share", "camera_share", "recapture"])
@pytest.mark.parametrize("value", [-0.1, 1.5])
def test_a_share_is_between_0_and_1(key: str, value: float) -> None:
    with pytest.raises(ConfigError, match=rf"data\.{key}"):
        made(**{key: value})


@pytest.mark.parametrize(
    ("alone", "without_others"),
    [(False, []), (True, [Split.TRAIN, Split.DEVEL]), ("train", [Split.TRAIN])],
)
def test_alone_names_the_splits_without_other_attacks(
    alone: bool | str, without_others: list[Split]
) -> None:
    serving = made(alone=alone).serving({split: np.arange(10) for split in Split})
    assert [split for split in Split if 3 not in serving[split]] == without_others  # a real attack


def test_alone_is_one_of_three() -> None:
    with pytest.raises(ConfigError, match=r"data\.alone='devel'.*false, true, train"):
        made(alone="devel")


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
    assert isinstance(source, AttackSource)
    first, again, other = (source.train_frame(4, 0, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    np.testing.assert_array_equal(source.train_frame(0, 0, 1), face(64, 0))


@pytest.mark.parametrize(("share", "expected"), [(0.0, 0), (0.5, 20), (1.0, 40)])
def test_so_many_bona_fide_images_are_recaptured_and_no_attack_of_the_source(
    share: float, expected: int
) -> None:
    source = made(recapture=share)
    changed = sum(
        not np.array_equal(source.train_frame(0, 0, seed), face(64, 0)) for seed in range(40)
    )
    assert changed == pytest.approx(expected, abs=9 * (0 < share < 1))
    np.testing.assert_array_equal(source.train_frame(3, 0, 0), face(64, 1))


def test_loading_processes_are_not_sent_the_cached_images() -> None:
    source = made()
    empty = len(pickle.dumps(source))
    source.frame(4, 0)
    assert source._cached
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
        for source in (made(recapture=recapture), made(recapture=recapture).for_training())
    }
    assert len(names) == 3  # recapture changes nothing of what is judged


def test_the_images_of_a_seed_are_those_of_earlier_versions() -> None:
    """Mean red, green and blue, as the version that simulated attacks in a transform drew them."""
    source = made(recapture=0.5)
    training = source.for_training()
    images = {
        (119.65, 128.17, 135.84): source.frame(4, 0),
        (128.76, 116.05, 95.53): source.frame(5, 1),
        (130.98, 126.71, 123.83): source.frame(8, 0),
        (133.01, 124.62, 133.11): source.train_frame(0, 0, 0),
        (127.49, 121.51, 119.37): source.train_frame(0, 0, 1),
        (160.0, 162.47, 165.11): source.train_frame(4, 0, 0),
        (144.39, 143.98, 139.62): source.train_frame(9, 0, 3),
        (119.53, 112.09, 103.31): training.frame(0, 0),
        (120.43, 111.63, 109.55): training.frame(1, 0),
    }
    for expected, image in images.items():
        assert image.mean(axis=(0, 1)) == pytest.approx(expected, abs=0.1)
