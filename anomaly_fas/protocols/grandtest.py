"""Grandtest: everything is trained on, everything is tested."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from anomaly_fas.protocols.splits import in_split

if TYPE_CHECKING:
    import pandas as pd

    from anomaly_fas.types import Split


@dataclass(frozen=True)
class Grandtest:
    """All datasets and species in every split; also the rule for a manifest of one's own."""

    @property
    def name(self) -> str:
        """See `PadProtocol`."""
        return "grandtest"

    def admits(self, rows: pd.DataFrame, split: Split) -> pd.Series[bool]:
        """See `PadProtocol`."""
        return in_split(rows["split"], split)

    @classmethod
    def family(cls, rows: pd.DataFrame) -> list[Self]:
        """See `PadProtocol`."""
        return [cls()]
