"""Grandtest: every dataset in every split, trained on all attacks or on those of type I alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import pandas as pd

from anomaly_fas.protocols.protocol import in_split
from anomaly_fas.types import PasType, Split


@dataclass(frozen=True)
class Grandtest:
    """All datasets and species in every split; also the rule for a manifest of one's own."""

    name = "grandtest"

    def admits(self, rows: pd.DataFrame, split: Split) -> pd.Series[bool]:
        """See `PadProtocol`."""
        return in_split(rows["split"], split)

    @classmethod
    def family(cls, rows: pd.DataFrame) -> Sequence[Self]:
        """See `PadProtocol`."""
        return [cls()]


@dataclass(frozen=True)
class GrandtestTypeI:
    """Train and tune on bona fide samples and attacks of type I, test on everything."""

    name = "grandtest_type_i"

    def admits(self, rows: pd.DataFrame, split: Split) -> pd.Series[bool]:
        """See `PadProtocol`."""
        chosen = in_split(rows["split"], split)
        return chosen if split is Split.TEST else chosen & rows["pas_type"].isin(["", PasType.I])

    @classmethod
    def family(cls, rows: pd.DataFrame) -> Sequence[Self]:
        """See `PadProtocol`."""
        return [cls()] if rows["pas_type"].isin([PasType.II, PasType.III]).any() else []
