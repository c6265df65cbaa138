"""Protocols about one dataset: kept for the test, trained on alone, or both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import pandas as pd

from anomaly_fas.protocols.protocol import in_split, of_dataset, spelt
from anomaly_fas.types import Split


@dataclass(frozen=True)
class _OneDataset:
    """A family with a member a dataset.

    Attributes:
        dataset: name of the dataset.
        kind: name of the family.
        least: datasets that the annotations must have for the family to make sense.
    """

    dataset: str
    kind: ClassVar[str]
    least: ClassVar[int] = 2

    @property
    def name(self) -> str:
        """See `PadProtocol`."""
        return f"{self.kind}_{spelt(self.dataset)}"

    @classmethod
    def family(cls, rows: pd.DataFrame) -> Sequence[Self]:
        """See `PadProtocol`."""
        datasets = sorted(rows["dataset"].unique())
        return [cls(dataset) for dataset in datasets] if len(datasets) >= cls.least else []


class CrossDataset(_OneDataset):
    """Train and tune on every dataset but one, test on that one."""

    kind = "cross_dataset"

    def admits(self, rows: pd.DataFrame, split: Split) -> pd.Series[bool]:
        """See `PadProtocol`."""
        own = of_dataset(rows, self.dataset)
        return in_split(rows["split"], split) & (own == (split is Split.TEST))


class Lodo(_OneDataset):
    """Train and tune on one dataset, test on all the others (GRAD-GPAD's LODO)."""

    kind = "lodo"

    def admits(self, rows: pd.DataFrame, split: Split) -> pd.Series[bool]:
        """See `PadProtocol`."""
        own = of_dataset(rows, self.dataset)
        return in_split(rows["split"], split) & (own == (split is not Split.TEST))


class Intradataset(_OneDataset):
    """Train, tune and test on one dataset."""

    kind = "intradataset"
    least = 1

    def admits(self, rows: pd.DataFrame, split: Split) -> pd.Series[bool]:
        """See `PadProtocol`."""
        return in_split(rows["split"], split) & of_dataset(rows, self.dataset)
