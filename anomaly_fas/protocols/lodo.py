"""Leave other datasets out (GRAD-GPAD's LODO): one dataset is trained on, the others tested."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from anomaly_fas.protocols.protocol import of_dataset, spelt
from anomaly_fas.protocols.splits import in_split
from anomaly_fas.types import Split

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd


@dataclass(frozen=True)
class Lodo:
    """Train and tune on one dataset, test on all the others."""

    dataset: str

    @property
    def name(self) -> str:
        """See `PadProtocol`."""
        return f"lodo_{spelt(self.dataset)}"

    def admits(self, rows: pd.DataFrame, split: Split) -> pd.Series[bool]:
        """See `PadProtocol`."""
        own = of_dataset(rows, self.dataset)
        return in_split(rows["split"], split) & (own == (split is not Split.TEST))

    @classmethod
    def family(cls, rows: pd.DataFrame) -> Sequence[Self]:
        """See `PadProtocol`."""
        datasets = sorted(rows["dataset"].unique())
        return [cls(dataset) for dataset in datasets] if len(datasets) > 1 else []
