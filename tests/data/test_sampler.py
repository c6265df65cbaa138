"""Balanced batches: their balance, their disjointness over ranks, and resuming."""

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly_fas.data.sampler import BalancedBatches, FrameKey
from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.types import Label
from tests import forked
from tests.nonempty import nonempty

if TYPE_CHECKING:
    import multiprocessing


def lopsided() -> pd.DataFrame:
    """Two datasets of very different size, with species and subjects of different size too."""
    rows = []
    for dataset, scale in (("small", 1), ("large", 10)):
        for subject, share in (("a", 1), ("b", 4)):
            rows += [(dataset, "bona_fide", "", subject)] * (5 * scale * share)
            rows += [(dataset, "attack", "print", subject)] * (3 * scale * share)
            rows += [(dataset, "attack", "mask", subject)] * (30 * scale * share)
    frame = pd.DataFrame(rows, columns=["dataset", "label", "pai", "subject"])
    return frame.assign(pai_fine="")


ROWS = lopsided()

PINNED = [
    [(0, 1), (209, 2), (215, 2), (46, 0), (6, 1), (501, 0), (73, 1), (854, 2)],
    [(1, 0), (231, 2), (4, 2), (582, 1), (6, 2), (1503, 1), (389, 2), (137, 2)],
]
"""Rows and frames of two batches of 8, as version 0.1 first drew them."""


def batches(rows: pd.DataFrame = ROWS, **changes: object) -> BalancedBatches:
    settings = {"batch_size": 16, "bona_fide_share": 0.5, "steps": 20, "seed": 3} | changes
    counts = np.full(len(rows), 3)
    return BalancedBatches(rows, np.arange(len(rows)), counts, **settings)  # type: ignore[arg-type]


def rows_of(batch: list[FrameKey]) -> pd.DataFrame:
    return ROWS.iloc[[key.row for key in batch]]


def test_classes_and_datasets_are_balanced_in_every_batch() -> None:
    for batch in nonempty(batches()):
        drawn = rows_of(batch)
        assert (drawn["label"] == Label.BONA_FIDE).sum() == 8
        for _, part in nonempty(drawn.groupby("label")):
            assert part["dataset"].value_counts().tolist() == [4, 4]


def test_species_and_subjects_are_balanced_over_an_epoch() -> None:
    drawn = pd.concat([rows_of(batch) for batch in batches(steps=400)])
    attacks = drawn[drawn["label"] == Label.ATTACK]
    for part in (attacks["pai"], attacks["subject"], drawn["subject"]):
        shares = part.value_counts(normalize=True)
        assert shares.tolist() == pytest.approx([0.5, 0.5], abs=0.03)


def test_no_sample_repeats_within_a_batch_and_frames_vary() -> None:
    keys = [key for batch in batches() for key in batch]
    for batch in nonempty(batches()):
        assert len({key.row for key in batch}) == len(batch)
        assert len({key.position for key in batch}) == len(batch)
    assert Counter(key.frame for key in keys).keys() == {0, 1, 2}


@given(st.integers(2, 30), st.integers(1, 30), st.integers(1, 3), st.integers(0, 50))
@settings(max_examples=60, deadline=None)
def test_every_part_of_every_batch_holds_triplets(
    bona_fide: int, attacks: int, world_size: int, seed: int
) -> None:
    rows = pd.DataFrame({"label": [Label.BONA_FIDE] * bona_fide + [Label.ATTACK] * attacks}).assign(
        dataset="d", pai="", pai_fine="", subject=""
    )
    for rank in range(world_size):
        sampler = batches(rows, seed=seed, rank=rank, world_size=world_size, steps=3)
        for batch in nonempty(sampler):
            labels = rows["label"].iloc[[key.row for key in batch]]
            positives = {
                k.row for k, label in zip(batch, labels, strict=True) if label == "bona_fide"
            }
            assert len(positives) >= 2
            assert len(batch) - len(positives) >= 2 or attacks == 1


def test_membership_is_a_function_of_seed_epoch_and_step() -> None:
    assert list(batches()) == list(batches())
    assert batches().batch(0, 7) == list(batches())[7]
    assert batches().batch(0, 7) != batches().batch(1, 7)
    assert batches().batch(0, 7) != batches(seed=4).batch(0, 7)


def test_resuming_goes_on_in_the_middle_of_an_epoch() -> None:
    undisturbed = batches(steps=5)
    whole = []
    for epoch in range(3):
        undisturbed.set_epoch(epoch)
        whole += list(undisturbed)
    resumed = batches(steps=5)
    resumed.resume_at(7)
    resumed.set_epoch(1)  # Lightning calls it after the resumed epoch's iterator is made
    rest = list(resumed)
    resumed.set_epoch(2)
    assert rest + list(resumed) == whole[7:]
    assert len(resumed) == 5


def test_lightning_finds_set_epoch() -> None:
    sampler = batches()
    sampler.sampler.set_epoch(2)
    assert next(iter(sampler))[0].epoch == 2


def test_the_batches_of_earlier_versions_are_still_drawn() -> None:
    sampler = batches(batch_size=8)
    drawn = [[(key.row, key.frame) for key in sampler.batch(*at)] for at in ((0, 0), (2, 19))]
    assert drawn == PINNED


def test_batches_do_not_depend_on_how_a_table_holds_its_words() -> None:
    shuffled = ROWS.sample(frac=1, random_state=0, ignore_index=True)
    words = shuffled.assign(pai_fine=shuffled["pai"].where(shuffled["subject"] == "a", ""))
    categories = words.apply(lambda column: pd.Categorical(column, sorted(set(column))[::-1]))
    assert list(batches(words)) == list(batches(words.astype(object)))
    assert list(batches(words)) == list(batches(categories))


def test_a_data_set_with_too_few_samples_lends_its_places_to_others() -> None:
    few = pd.DataFrame({"dataset": "few", "label": ["bona_fide", "attack"]})
    rows = pd.concat([few.assign(pai="", pai_fine="", subject=""), ROWS], ignore_index=True)
    others = Counter[str]()
    for batch in nonempty(batches(rows, steps=200)):
        drawn = rows.iloc[[key.row for key in batch]]
        assert len(set(drawn.index)) == 16
        assert (drawn["label"] == Label.BONA_FIDE).sum() == 8
        assert {0, 1} <= set(drawn.index)
        others.update(drawn["dataset"][drawn["dataset"] != "few"])
    assert others["large"] > 1.3 * others["small"]  # lent evenly over samples


def work(rank: int, queue: "multiprocessing.Queue[tuple[int, list[list[FrameKey]]]]") -> None:
    queue.put((rank, list(batches(rank=rank, world_size=2))))


def test_two_processes_see_disjoint_parts_of_one_draw() -> None:
    context = forked.SERVER
    queue = context.Queue()
    workers = [context.Process(target=work, args=(rank, queue)) for rank in range(2)]
    for worker in workers:
        worker.start()
    parts = dict(queue.get(timeout=120) for _ in workers)
    for worker in workers:
        worker.join()
    assert parts[0] == list(batches(rank=0, world_size=2))
    for first, second in nonempty(zip(parts[0], parts[1], strict=True)):
        assert len(first) == len(second) == 16
        assert not {key.row for key in first} & {key.row for key in second}
        assert not {key.position for key in first} & {key.position for key in second}
        for part in (first, second):
            assert (rows_of(part)["label"] == Label.BONA_FIDE).sum() == 8


def test_what_cannot_hold_triplets_is_refused() -> None:
    with pytest.raises(ConfigError, match="triplets need two of each"):
        batches(batch_size=3)
    with pytest.raises(ConfigError, match=r"bona fide share of 0\.95"):
        batches(bona_fide_share=0.95)
    one = ROWS[(ROWS["label"] == Label.ATTACK)].reset_index(drop=True)
    with pytest.raises(DataError, match="there are 0 and 1815"):
        batches(one)
