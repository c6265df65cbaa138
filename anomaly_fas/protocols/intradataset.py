"""Intra-dataset: one dataset in every split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from anomaly_fas.protocols.protocol import of_dataset, spelt
from anomaly_fas.protocols.splits import in_split

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from anomaly_fas.types import Split


@dataclass(frozen=True)
class Intradataset:
    """Train, tune and test on one dataset."""

    dataset: str

    @property
    def name(self) -> str:
        """See `PadProtocol`."""
        return f"intradataset_{spelt(self.dataset)}"

    def admits(self, rows: pd.DataFrame, split: Split) -> pd.Series[bool]:
        """See `PadProtocol`."""
        return in_split(rows["split"], split) & of_dataset(rows, self.dataset)

    @classmethod
    def family(cls, rows: pd.DataFrame) -> Sequence[Self]:
        """See `PadProtocol`."""
        return [cls(dataset) for dataset in sorted(rows["dataset"].unique())]
