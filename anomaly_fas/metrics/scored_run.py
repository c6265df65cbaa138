"""The scores of one run that figures are computed from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


@dataclass(frozen=True)
class ScoredRun:
    """Scores of one scorer of one run.

    Attributes:
        devel: score rows, one per sample.
        test: the same of test.
        thresholds: name to value, as taken on devel.
        fixed: names of thresholds that were given and not taken on devel.
    """

    devel: pd.DataFrame
    test: pd.DataFrame
    thresholds: Mapping[str, float]
    fixed: tuple[str, ...] = ()

    @property
    def given(self) -> dict[str, float]:
        """The thresholds that do not come from devel, by name."""
        return {name: self.thresholds[name] for name in self.fixed}


def same_samples(one: ScoredRun, other: ScoredRun) -> bool:
    """Whether two runs scored the same samples of the same subjects, in the same order."""
    return all(
        np.array_equal(first[column], second[column])
        for first, second in ((one.devel, other.devel), (one.test, other.test))
        for column in ("sample_id", "label", "dataset", "subject")
    )
