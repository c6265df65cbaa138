"""Select the scores of one run that figures are computed from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isclose, nan
from typing import Final

import numpy as np
import pandas as pd

from anomaly_fas.errors import DataError
from anomaly_fas.metrics.analysis import (
    HEADLINE,
    THRESHOLDS,
    bona_fide_thresholds,
    devel_thresholds,
)
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.types import Label, Split

GIVEN: Final = "given"
"""Name of a threshold that the user sets."""


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
        """Thresholds that do not come from devel, by name."""
        return {name: self.thresholds[name] for name in self.fixed}


def same_samples(one: ScoredRun, other: ScoredRun) -> bool:
    """Whether two runs scored the same samples of the same subjects, in the same order."""
    columns = ["sample_id", "label", "dataset", "subject"]
    return all(
        np.array_equal(first[columns], second[columns])
        for first, second in ((one.devel, other.devel), (one.test, other.test))
    )


def scored_run(table: ScoreTable, scorer: str, threshold: str | float) -> ScoredRun:
    """Take the scores of one scorer, with their stored thresholds or else those of devel.

    Args:
        table: scores of one run.
        scorer: name of the scorer.
        threshold: name or value of the threshold that is needed.

    Raises:
        DataError: devel or test lacks a class that is needed.
    """
    devel, test = (
        table.of(scorer, split).sort_values("sample_id", ignore_index=True)
        for split in (Split.DEVEL, Split.TEST)
    )
    missing = [label.replace("_", " ") for label in Label if label not in _labels(test)]
    if missing:
        raise DataError(f"{scorer} has no {' and no '.join(missing)} scores on test")
    thresholds = dict(table.facts.get("thresholds", {}).get(scorer, {}))
    has_bona_fide = Label.BONA_FIDE in _labels(devel)
    of_devel = _taken_on(devel, scorer, THRESHOLDS[-1]) if has_bona_fide else {}
    if not isinstance(threshold, str):
        thresholds = (thresholds or of_devel) | {GIVEN: threshold}
    elif threshold not in thresholds:
        thresholds = _taken_on(devel, scorer, threshold)
    fixed = tuple(
        name
        for name, value in thresholds.items()
        if not isclose(of_devel.get(name, nan), value, rel_tol=1e-4, abs_tol=1e-6)
    )
    return ScoredRun(devel, test, thresholds, fixed)


def _taken_on(devel: pd.DataFrame, scorer: str, threshold: str) -> dict[str, float]:
    labels = _labels(devel)
    if labels == set(Label):
        return devel_thresholds(devel)
    if Label.BONA_FIDE not in labels:
        raise DataError(
            f"{scorer} has no bona fide devel scores, so no threshold can be taken. Add rows with "
            "split=devel, name the devel file, or give a value, as in threshold=0.5"
        )
    if threshold == HEADLINE:
        others = ", ".join(THRESHOLDS[1:])
        raise DataError(
            f"{scorer} has no attack scores on devel, which the threshold of equal error rates "
            f"needs. Add some, or choose a threshold by BPCER alone: threshold={others}"
        )
    return bona_fide_thresholds(devel)


def _labels(rows: pd.DataFrame) -> set[str]:
    return set(rows.loc[rows["score"].notna(), "label"])
