"""Frames to samples: means by hand, any order of batches, any number of processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from torch import distributed

from anomaly_fas.data.scoring import FrameScores, score_split
from anomaly_fas.types import ANNOTATION_COLUMNS, SCORE_COLUMNS, Split
from tests import forked

if TYPE_CHECKING:
    import multiprocessing
    from pathlib import Path


FRAMES = [
    (2, 0, 0.5, -1.0),
    (0, 0, 0.25, 3.0),
    (2, 1, 1.0, -2.0),
    (3, 0, 0.0, 0.5),
    (2, 2, 3.0, -6.0),
    (3, 1, 0.5, 0.0),
]
"""Row, number of the frame, and the scores of two scorers; row 1 is of another split."""


def batches(frames: list[tuple[int, int, float, float]], size: int) -> list[FrameScores]:
    columns = np.array(frames, dtype=np.float64).reshape(-1, 4)
    parts = [columns[start : start + size] for start in range(0, len(frames), size)]
    return [
        FrameScores(part[:, 0].astype(int), part[:, 1].astype(int), part[:, 2:]) for part in parts
    ]


def annotations() -> pd.DataFrame:
    rows = pd.DataFrame("", index=range(4), columns=list(ANNOTATION_COLUMNS))
    return rows.assign(sample_id=list("abcd"), split="train+devel", pai=["", "", "mask", "print"])


def table(frames: list[tuple[int, int, float, float]], size: int) -> pd.DataFrame:
    scorers = ["few_shot", "live_centre"]
    return score_split(batches(frames, size), annotations(), Split.DEVEL, scorers)


def test_a_sample_scores_the_mean_of_its_frames() -> None:
    made = table(FRAMES, size=4)
    assert list(made.columns) == list(SCORE_COLUMNS)
    chosen = made[["scorer", "sample_id", "split", "pai", "score", "n_frames"]]
    assert list(chosen.itertuples(index=False, name=None)) == [
        ("few_shot", "a", "devel", "", 0.25, 1),
        ("few_shot", "c", "devel", "mask", 1.5, 3),
        ("few_shot", "d", "devel", "print", 0.25, 2),
        ("live_centre", "a", "devel", "", 3.0, 1),
        ("live_centre", "c", "devel", "mask", -3.0, 3),
        ("live_centre", "d", "devel", "print", 0.25, 2),
    ]


@pytest.mark.parametrize("seed", range(5))
def test_neither_order_nor_batch_size_changes_a_bit(seed: int) -> None:
    rng = np.random.default_rng(seed)
    frames = [
        (row, number, *rng.normal(size=2).tolist()) for row in range(4) for number in range(9)
    ]
    shuffled = [frames[place] for place in rng.permutation(len(frames))]
    whole = table(frames, size=len(frames))
    pd.testing.assert_frame_equal(table(shuffled, size=5), whole, check_exact=True)


def work(rank: int, rendezvous: str, queue: multiprocessing.Queue[pd.DataFrame]) -> None:
    distributed.init_process_group("gloo", init_method=rendezvous, rank=rank, world_size=3)
    share = FRAMES[::-1][rank::2] if rank < 2 else []
    queue.put(table(share, size=2))
    distributed.barrier()
    distributed.destroy_process_group()


def test_every_process_gathers_what_one_alone_would(tmp_path: Path) -> None:
    context = forked.SERVER
    queue = context.Queue()
    rendezvous = f"file://{tmp_path / 'rendezvous'}"
    workers = [context.Process(target=work, args=(rank, rendezvous, queue)) for rank in range(3)]
    for worker in workers:
        worker.start()
    results = [queue.get(timeout=120) for _ in workers]
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    for result in results:
        pd.testing.assert_frame_equal(result, table(FRAMES, size=6), check_exact=True)
