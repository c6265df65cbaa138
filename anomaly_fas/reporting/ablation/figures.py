"""The figures of every level of every factor, and how they differ from the base."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from anomaly_fas.errors import DataError
from anomaly_fas.metrics.analysis import HEADLINE, error_figures
from anomaly_fas.metrics.evaluation import ScoredRun, same_samples, shared_resampling
from anomaly_fas.metrics.groups import BREAKDOWNS, Part
from anomaly_fas.metrics.intervals import Interval
from anomaly_fas.metrics.joint_resampling import Clusters
from anomaly_fas.metrics.replicates import replicate_figures
from anomaly_fas.metrics.resampling import Resampling, clusters
from anomaly_fas.metrics.seed_interval import SeedMean, seed_mean
from anomaly_fas.reporting.report.entries import scored_run
from anomaly_fas.types import Split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import pandas as pd

    from anomaly_fas.reporting.ablation.runs import Arm
    from anomaly_fas.reporting.collect import ScoreFile
    from anomaly_fas.reporting.column import Column


class Figure(NamedTuple):
    """A figure of a split."""

    split: Split
    name: str


FIGURES: Final = tuple(
    Figure(split, name) for split in (Split.DEVEL, Split.TEST) for name in ("acer", "eer")
)
"""What is reported; the threshold of ACER is that of equal error rates on devel."""

_UNUSED: Final = (*BREAKDOWNS, "pai_fine", "pas_type")
"""Columns that these figures do not depend on; without them the bootstrap is twice as fast."""


@dataclass(frozen=True)
class ArmFigures:
    """What the runs of a level say.

    Attributes:
        arm: the level.
        by_seed: of each figure the value of each seed, fractions, seeds rising.
        means: of each figure the mean over seeds.
        differences: of each figure the level less the base, over the seeds that both have; empty
            for the base.
        compared: seeds that both have.
    """

    arm: Arm
    by_seed: Mapping[Figure, tuple[float, ...]]
    means: Mapping[Figure, SeedMean]
    differences: Mapping[Figure, SeedMean]
    compared: tuple[int, ...]

    @property
    def is_base(self) -> bool:
        """Whether it is what all others are compared with."""
        return self.arm.is_base


class _Judged(NamedTuple):
    """One scorer of one run: each figure, and each in every replicate."""

    values: dict[Figure, float]
    replicates: dict[Figure, np.ndarray]


_Source = tuple["ScoreFile", str]
"""A run and one of its scorers."""


def factor_figures(
    arms: Sequence[Arm],
    replicates: int,
    seed: int,
    progress: Callable[[list[Arm]], Iterable[Arm]] = iter,
) -> list[ArmFigures]:
    """Evaluate every level.

    Args:
        arms: levels with their runs.
        replicates: of the bootstrap over subjects.
        seed: of the bootstrap.
        progress: what shows progress over a list.

    Raises:
        DataError: runs of a protocol scored different samples, or lack a class.
    """
    judging = _Judging(replicates, seed)
    found = []
    bases: dict[tuple[Column, str], Arm] = {
        (arm.column, arm.factor.name): arm for arm in arms if arm.is_base
    }
    for arm in progress(list(arms)):
        base = bases[arm.column, arm.factor.name]
        own = {number: judging.of(arm, file) for number, file in arm.files.items()}
        others = {number: judging.of(base, file) for number, file in base.files.items()}
        compared = () if arm is base else tuple(number for number in own if number in others)
        subjects = judging.clusters(arm.column)
        found.append(
            ArmFigures(
                arm=arm,
                by_seed={f: tuple(one.values[f] for one in own.values()) for f in FIGURES},
                means={
                    figure: _bounded(_mean([*own.values()], figure, subjects)) for figure in FIGURES
                },
                differences={
                    figure: _mean([_less(own[n], others[n]) for n in compared], figure, subjects)
                    for figure in FIGURES
                    if compared
                },
                compared=compared,
            )
        )
    return found


class _Judging:
    """Judges each scorer of each run once, those of a protocol on the same replicates."""

    def __init__(self, replicates: int, seed: int) -> None:
        self._replicates, self._seed = replicates, seed
        self._first: dict[Column, tuple[ScoredRun, Resampling]] = {}
        self._known: dict[tuple[str, str], _Judged] = {}

    def of(self, arm: Arm, file: ScoreFile) -> _Judged:
        """The figures of a run with the arm's scorer."""
        key = str(file.path), arm.scorer
        if key not in self._known:
            run = _narrow(scored_run(file.table, arm.scorer, HEADLINE))
            self._known[key] = _judge(run, self._resampling(arm.column, run, file))
        return self._known[key]

    def clusters(self, column: Column) -> Clusters:
        """Subjects on test, and the datasets that they are drawn from."""
        test = self._first[column][0].test
        return Clusters(len(np.unique(clusters(test))), test["dataset"].nunique())

    def _resampling(self, column: Column, run: ScoredRun, file: ScoreFile) -> Resampling:
        if column not in self._first:
            drawn = shared_resampling([run], self._replicates, self._seed)
            assert drawn is not None  # a run scored the same samples as itself
            self._first[column] = run, drawn
        first, resampling = self._first[column]
        if not same_samples(first, run):
            raise DataError(
                f"{file.path} scored other samples than the first run of {column.title}, so they "
                "cannot be compared. Train both on the same data, or move one of them away."
            )
        return resampling


def _narrow(run: ScoredRun) -> ScoredRun:
    def without(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.assign(**dict.fromkeys(_UNUSED, ""))

    return replace(run, devel=without(run.devel), test=without(run.test))


def _judge(run: ScoredRun, resampling: Resampling) -> _Judged:
    threshold = run.thresholds[HEADLINE]
    on_devel = Resampling(resampling.devel, resampling.devel)
    splits = {Split.DEVEL: (run.devel, on_devel), Split.TEST: (run.test, resampling)}
    values, replicates = {}, {}
    for split, (rows, drawn) in splits.items():
        points = error_figures(rows, threshold)
        everyone = replicate_figures(run.devel, rows, drawn)[HEADLINE][Part()]
        for figure in FIGURES:
            if figure.split == split:
                values[figure] = points[figure.name]
                replicates[figure] = everyone[figure.name]
    return _Judged(values, replicates)


def _less(one: _Judged, other: _Judged) -> _Judged:
    return _Judged(
        {figure: one.values[figure] - other.values[figure] for figure in FIGURES},
        {figure: one.replicates[figure] - other.replicates[figure] for figure in FIGURES},
    )


def _mean(judged: Sequence[_Judged], figure: Figure, subjects: Clusters) -> SeedMean:
    replicates = np.mean([one.replicates[figure] for one in judged], axis=0)
    return seed_mean([one.values[figure] for one in judged], replicates, subjects)


def _bounded(mean: SeedMean) -> SeedMean:
    """An error rate's interval ends at 0 and at 1."""
    if mean.interval is None:
        return mean
    low, high = mean.interval
    return mean._replace(interval=Interval(max(low, 0.0), min(high, 1.0)))
