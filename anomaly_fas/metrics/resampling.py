"""Bootstrap replicates that draw whole subjects: how often each sample is drawn in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHUNK = 100
"""Replicates that are worked on at a time, which bounds the memory."""


@dataclass(frozen=True)
class Resampling:
    """Replicates of the samples of devel and of test.

    Within each dataset of a split, as many subjects are drawn with replacement as it has, and with
    a subject all its samples; a sample whose subject is not known is drawn by itself. Methods that
    scored the same samples share the replicates, which makes their comparison a paired one.

    Attributes:
        devel: how often each devel sample is drawn, uint8, shape [replicates, n].
        test: the same of test samples.
    """

    devel: np.ndarray
    test: np.ndarray

    @property
    def replicates(self) -> int:
        """Their number."""
        return len(self.test)

    def chunks(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Devel and test weights, float32, some replicates at a time."""
        for start in range(0, self.replicates, _CHUNK):
            part = slice(start, start + _CHUNK)
            yield self.devel[part].astype(np.float32), self.test[part].astype(np.float32)


def resample(
    devel: pd.DataFrame, test: pd.DataFrame, replicates: int, generator: np.random.Generator
) -> Resampling:
    """Draw replicates.

    Args:
        devel: columns `dataset` and `subject`, one row a sample.
        test: the same of the test split.
        replicates: their number.
        generator: source of randomness.
    """
    return Resampling(_weights(devel, replicates, generator), _weights(test, replicates, generator))


def clusters(rows: pd.DataFrame) -> np.ndarray:
    """A number for each row's subject, or for the row where none is known, int64, shape [n]."""
    names = rows["dataset"] + "\0" + rows["subject"]
    alone = (rows["subject"] == "").to_numpy()
    names = names.where(~alone, [f"\0{position}" for position in range(len(rows))])
    return pd.factorize(names)[0]


def _weights(rows: pd.DataFrame, replicates: int, generator: np.random.Generator) -> np.ndarray:
    weights = np.empty((replicates, len(rows)), np.uint8)
    subject = clusters(rows)
    for positions in rows.reset_index(drop=True).groupby("dataset").indices.values():
        own, number = np.unique(subject[positions], return_inverse=True)
        drawn = generator.integers(own.size, size=(replicates, own.size))
        drawn += own.size * np.arange(replicates)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=replicates * own.size)
        weights[:, positions] = counts.reshape(replicates, own.size)[:, number]
    return weights
