"""How frames to score are shared out among processes."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from anomaly_fas.data.datamodule import PadDataModule
from anomaly_fas.errors import DataError
from anomaly_fas.types import DataKind, Split

ROWS = pd.DataFrame(
    [
        (str(number), "d", str(number), "", label, pai, "", split)
        for number, (label, pai, split) in enumerate(
            [
                ("bona_fide", "", "train"), ("attack", "print", "train"),
                ("bona_fide", "", "devel"), ("attack", "print", "devel"),
            ]
        )
    ],
    columns=["sample_id", "dataset", "subject", "session", "label", "pai", "pai_fine", "split"],
)  # fmt: skip


class Pictures:
    """One frame a sample; each is its number."""

    kind = DataKind.SIMULATED
    annotations = ROWS
    frame_counts = np.ones(len(ROWS), dtype=np.int64)

    def frame(self, row: int, number: int) -> np.ndarray:
        return np.full((4, 4, 3), row, np.uint8)


def module_of(rank: int, world_size: int) -> PadDataModule:
    none = np.array([], dtype=np.int64)
    selection = {
        Split.TRAIN: np.array([0, 1]), Split.DEVEL: np.array([2, 3]), Split.TEST: none,
    }  # fmt: skip
    source: Any = Pictures()
    sampler: Any = None
    made = PadDataModule(
        source, selection, sampler, lambda image: image, eval_batch_size=4, workers=0, seed=0
    )
    trainer: Any = SimpleNamespace(global_rank=rank, world_size=world_size)
    made.trainer = trainer
    return made


def test_each_frame_is_given_to_one_process() -> None:
    shares = [
        [row for batch in module_of(rank, 2).val_dataloader() for row in batch.row.tolist()]
        for rank in (0, 1)
    ]
    assert shares == [[2], [3]]


def test_more_processes_than_frames_are_refused() -> None:
    with pytest.raises(DataError, match=r"2 frames .* few for 3 processes: .*runtime\.devices=2"):
        module_of(0, 3).val_dataloader()
