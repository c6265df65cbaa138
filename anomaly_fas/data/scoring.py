"""Combine scores of frames, spread over batches and processes, into one row per sample."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple, TypeVar

import numpy as np
import pandas as pd
from torch import distributed

from anomaly_fas.types import SCORE_COLUMNS, Split

_T = TypeVar("_T")


class FrameScores(NamedTuple):
    """Attack scores of some frames.

    Attributes:
        row: position of each frame's sample in the annotations, shape [N].
        number: number of each frame within its sample, shape [N].
        scores: float64, one column per scorer, shape [N, scorers].
    """

    row: np.ndarray
    number: np.ndarray
    scores: np.ndarray


class SampleSums(NamedTuple):
    """Sums over the frames of each sample.

    Attributes:
        row: position of each sample in the annotations, ascending, shape [S].
        total: sum of its frames' values, shape [S, K].
        frames: number of its frames, shape [S].
    """

    row: np.ndarray
    total: np.ndarray
    frames: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        """Arithmetic mean of each sample's frames, shape [S, K]."""
        means: np.ndarray = self.total / self.frames[:, None]
        return means


def score_split(
    batches: Iterable[FrameScores], annotations: pd.DataFrame, split: Split, scorers: Sequence[str]
) -> pd.DataFrame:
    """Make the score rows of a split: the arithmetic mean of each sample's frames.

    Under DDP, every rank is handed the frames of all ranks.

    Args:
        batches: scores of this rank's frames.
        annotations: annotation table.
        split: split of the samples.
        scorers: names of the columns of `scores`.

    Returns:
        The columns of `SCORE_COLUMNS`, scorer by scorer, the samples in the order of annotations.
    """
    parts = list(chain.from_iterable(gather_ranks(list(batches))))
    row, number, scores = (np.concatenate(values) for values in zip(*parts, strict=True))
    order = np.lexsort((number, row))
    sums = sum_samples(row[order], scores[order], np.ones(len(order), dtype=np.int64))
    samples = annotations.iloc[sums.row].assign(split=str(split), n_frames=sums.frames)
    tables = [
        samples.assign(scorer=name, score=sums.mean[:, column])
        for column, name in enumerate(scorers)
    ]
    return pd.concat(tables, ignore_index=True)[list(SCORE_COLUMNS)]


def sum_samples(row: np.ndarray, values: np.ndarray, counts: np.ndarray) -> SampleSums:
    """Add up values that belong to the same sample.

    Example:
        >>> values = np.array([[1.0], [5.0], [3.0]])
        >>> sums = sum_samples(np.array([4, 2, 4]), values, np.array([1, 1, 1]))
        >>> sums.row, sums.mean.ravel()
        (array([2, 4]), array([5., 2.]))

    Args:
        row: sample that each value belongs to, shape [N].
        values: values of frames, or sums over some frames, shape [N, K].
        counts: number of frames of each value, shape [N].
    """
    order = np.argsort(row, kind="stable")
    rows, starts = np.unique(row[order], return_index=True)
    return SampleSums(
        rows,
        np.add.reduceat(values[order], starts, axis=0),
        np.add.reduceat(counts[order], starts),
    )


def gather_ranks(part: _T) -> list[_T]:
    """Gather the values of all ranks, in their order; outside DDP, the one value."""
    if not (distributed.is_available() and distributed.is_initialized()):
        return [part]
    parts: list[_T] = [part] * distributed.get_world_size()
    distributed.all_gather_object(parts, part)
    return parts
