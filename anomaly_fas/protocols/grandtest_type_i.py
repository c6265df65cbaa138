"""Grandtest, trained on attacks of type I alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import pandas as pd

from anomaly_fas.types import PasType, Split

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class GrandtestTypeI:
    """Train and tune on bona fide samples and attacks of type I, test on everything."""

    @property
    def name(self) -> str:
        """See `PadProtocol`."""
        return "grandtest_type_i"

    def admits(self, rows: pd.DataFrame, split: Split) -> pd.Series[bool]:
        """See `PadProtocol`."""
        if split is Split.TEST:
            return pd.Series(data=True, index=rows.index)
        return rows["pas_type"].isin(["", PasType.I])

    @classmethod
    def family(cls, rows: pd.DataFrame) -> Sequence[Self]:
        """See `PadProtocol`."""
        return [cls()] if rows["pas_type"].isin([PasType.II, PasType.III]).any() else []
