"""From scores of frames, spread over processes, to a table of samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from torch import distributed

from anomaly_fas.types import SCORE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anomaly_fas.training.module import FrameScores
    from anomaly_fas.types import Split


class FrameScoreCollector:
    """Collects the frames' scores of one split."""

    def __init__(self) -> None:
        self._parts: list[np.ndarray] = []

    def add(self, batch: FrameScores) -> None:
        """Take in a batch."""
        place = np.stack([batch["row"].cpu().numpy(), batch["number"].cpu().numpy()], axis=1)
        self._parts.append(np.concatenate([place, batch["scores"].cpu().numpy()], axis=1))

    def gather(self) -> np.ndarray:
        """All frames of all processes, in order: row, frame number, one column a scorer."""
        parts = list(self._parts)
        if distributed.is_available() and distributed.is_initialized():
            everyone: list[list[np.ndarray]] = [[] for _ in range(distributed.get_world_size())]
            distributed.all_gather_object(everyone, parts)
            parts = [part for process in everyone for part in process]
        frames = np.concatenate(parts)
        return frames[np.lexsort((frames[:, 1], frames[:, 0]))]


def sample_scores(
    frames: np.ndarray, annotations: pd.DataFrame, split: Split, scorers: Sequence[str]
) -> pd.DataFrame:
    """Scores of samples: the arithmetic mean of their frames' scores.

    Args:
        frames: from `FrameScoreCollector.gather`.
        annotations: annotation table.
        split: what the samples were scored as.
        scorers: names of the score columns.

    Returns:
        The columns of `SCORE_COLUMNS`, scorer by scorer.
    """
    rows, starts, counts = np.unique(frames[:, 0], return_index=True, return_counts=True)
    sums = np.add.reduceat(frames[:, 2:], starts, axis=0)
    means = sums / counts[:, None]
    samples = annotations.iloc[rows.astype(int)].assign(split=str(split), n_frames=counts)
    tables = [
        samples.assign(scorer=name, score=means[:, column]) for column, name in enumerate(scorers)
    ]
    return pd.concat(tables, ignore_index=True)[list(SCORE_COLUMNS)]
