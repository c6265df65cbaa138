"""Unseen attack: one PAI species is kept for the test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import pandas as pd

from anomaly_fas.errors import require_choice
from anomaly_fas.protocols.protocol import in_split
from anomaly_fas.types import Pai, Split


@dataclass(frozen=True)
class UnseenAttack:
    """Train and tune without one coarse PAI species, test on bona fide samples and that species.

    Raises:
        ConfigError: an unknown species.
    """

    pai: str

    def __post_init__(self) -> None:
        require_choice("protocol.pai", self.pai, Pai)

    @property
    def name(self) -> str:
        """See `PadProtocol`."""
        return f"unseen_attack_{self.pai}"

    def admits(self, rows: pd.DataFrame, split: Split) -> pd.Series[bool]:
        """See `PadProtocol`."""
        is_test = split is Split.TEST
        fits = rows["pai"].isin(["", self.pai]) if is_test else rows["pai"] != self.pai
        return in_split(rows["split"], split) & fits

    @classmethod
    def family(cls, rows: pd.DataFrame) -> Sequence[Self]:
        """See `PadProtocol`."""
        present = set(rows["pai"].unique())
        return [cls(pai) for pai in Pai if pai in present and len(present - {""}) > 1]
