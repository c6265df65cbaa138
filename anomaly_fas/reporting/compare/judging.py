"""The figures of runs that are compared, as they are and in each bootstrap replicate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from anomaly_fas.errors import DataError
from anomaly_fas.metrics.analysis import HEADLINE, error_figures
from anomaly_fas.metrics.estimate import SeededFigure
from anomaly_fas.metrics.groups import Part
from anomaly_fas.metrics.replicates import replicate_figures
from anomaly_fas.metrics.resampling import JointResampling, Resampling, joint_resampling
from anomaly_fas.metrics.scored_run import ScoredRun, same_samples, scored_run
from anomaly_fas.reporting.study import ScoreFile
from anomaly_fas.types import Split


class Figure(NamedTuple):
    """A figure of a split."""

    split: Split
    name: str


class Source(NamedTuple):
    """A run and the scorer whose scores count; the run's first one if none is named."""

    file: ScoreFile
    scorer: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Identity of the source."""
        return str(self.file.path), self.scorer

    @property
    def protocol(self) -> str:
        """Name of the protocol of the run."""
        return self.file.facts.protocol

    def scored(self) -> ScoredRun:
        """Read the scores.

        Raises:
            DataError: a class is missing.
        """
        try:
            table = self.file.table
            return scored_run(table, self.scorer or table.scorers[0], HEADLINE)
        except DataError as error:
            raise DataError(f"{self.file.path}: {error}") from error


class Bootstrap(NamedTuple):
    """Number of bootstrap replicates, at least 2, and seed of the generator, at least 0."""

    replicates: int
    seed: int


@dataclass(frozen=True)
class Judged:
    """Figures of sources on shared draws, fractions: values, and replicates, shape [replicates]."""

    values: Mapping[tuple[str, str], Mapping[Figure, float]]
    replicates: Mapping[tuple[str, str], Mapping[Figure, np.ndarray]]
    joint: JointResampling

    def seeded(self, sources: Sequence[Source], figure: Figure) -> SeededFigure:
        """Average a figure over the protocols of each seed, and over all in each replicate."""
        by_seed: dict[int, list[float]] = {}
        for source in sources:
            values = by_seed.setdefault(source.file.facts.seed, [])
            values.append(self.values[source.key][figure])
        means = [np.mean(by_seed[seed]) for seed in sorted(by_seed)]
        draws = [self.replicates[source.key][figure] for source in sources]
        return SeededFigure(np.array(means), np.mean(draws, axis=0))


def judge(
    sources: Sequence[Source],
    figures: Sequence[Figure],
    bootstrap: Bootstrap,
    progress: Callable[[list[Source]], Iterable[Source]] = iter,
) -> Judged:
    """Compute figures of runs, those of a protocol on the same replicates.

    The threshold is that of equal error rates on devel, taken afresh in each replicate unless it
    was given with the scores.

    Raises:
        DataError: runs of a protocol scored different samples, or lack a class.
    """
    first: dict[str, Source] = {}
    for source in sources:
        first.setdefault(source.protocol, source)
    references = {name: first[name].scored() for name in sorted(first)}
    generator = np.random.default_rng(bootstrap.seed)
    joint = joint_resampling(references, bootstrap.replicates, generator)
    values, replicates = {}, {}
    for source in progress(list({source.key: source for source in sources}.values())):
        run = source.scored()
        if not same_samples(references[source.protocol], run):
            raise DataError(
                f"{source.file.path} scored other samples than {first[source.protocol].file.path}, "
                "so they cannot be compared. Train both on the same data, move one of them away, "
                "or name what sets them apart: variants=[model,data]"
            )
        drawn = joint.protocols[source.protocol]
        values[source.key], replicates[source.key] = _figures(run, drawn, figures)
    return Judged(values, replicates, joint)


def _figures(
    run: ScoredRun, drawn: Resampling, figures: Sequence[Figure]
) -> tuple[dict[Figure, float], dict[Figure, np.ndarray]]:
    values: dict[Figure, float] = {}
    replicates: dict[Figure, np.ndarray] = {}
    splits = {Split.DEVEL: (run.devel, drawn.devel), Split.TEST: (run.test, drawn.test)}
    for split in dict.fromkeys(figure.split for figure in figures):
        rows, weights = splits[split]
        names = [figure.name for figure in figures if figure.split == split]
        points = error_figures(rows, run.thresholds[HEADLINE])
        resampling = Resampling(drawn.devel, weights)
        draws = replicate_figures(run.devel, rows, resampling, run.given, names=names)
        for name in names:
            values[Figure(split, name)] = points[name]
            replicates[Figure(split, name)] = draws[HEADLINE][Part()][name]
    return values, replicates
