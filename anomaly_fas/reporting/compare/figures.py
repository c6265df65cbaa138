"""The figures of methods over a family of protocols, and which differences outlast correction."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import nan
from typing import Final

import numpy as np

from anomaly_fas.metrics.differences import holm
from anomaly_fas.metrics.estimate import Estimate, SeededFigure, estimate, ratio_interval
from anomaly_fas.metrics.intervals import Interval
from anomaly_fas.metrics.resampling import Clusters
from anomaly_fas.reporting.compare.blocks import Block, blocks
from anomaly_fas.reporting.compare.groups import Runs
from anomaly_fas.reporting.compare.judging import Bootstrap, Figure, Judged, Source, judge
from anomaly_fas.types import Split

COMPARED: Final = tuple(Figure(Split.TEST, name) for name in ("eer", "acer", "auc"))
"""Figures that methods are compared by; of all but the last, less is better."""

LEADING: Final = COMPARED[0]
"""The figure that methods are ranked by: EER."""

SIGNIFICANT: Final = 0.05
"""Adjusted p-values below are called a difference."""

Ranked = Mapping[str, Mapping[Figure, "SeededFigure"]]
"""Method to figure to its values, methods by rising EER."""


@dataclass(frozen=True)
class Contrast:
    """A method against another on the same protocols, seeds, subjects and draws.

    Attributes:
        differences: figure to the method's less the other's.
        adjusted: figure to the p-value after Holm's correction.
        ratio: the method's EER over the other's; NaN if that is 0.
        bounds: 95 % interval of the ratio.
    """

    name: str
    differences: Mapping[Figure, Estimate]
    adjusted: Mapping[Figure, float]
    ratio: float
    bounds: Interval | None

    @property
    def is_shown(self) -> bool:
        """Whether the EER is shown to differ, after correction."""
        return self.adjusted[LEADING] < SIGNIFICANT


@dataclass(frozen=True)
class MethodFigures:
    """Mean figures of a method in a block: over protocols and seeds, and over seeds by protocol."""

    name: str
    means: Mapping[Figure, Estimate]
    by_protocol: Mapping[str, Mapping[Figure, Estimate]]


@dataclass(frozen=True)
class BlockFigures:
    """The figures of a block.

    Attributes:
        clusters: subjects that the means rest on.
        clusters_of: protocol to those that its figures rest on.
        methods: by rising EER.
        reference: the method that all are compared with; None if the block lacks it.
        to_reference: every other method against it, corrected for their number.
        to_best: every method but the first against the first, corrected for all pairs of methods.
    """

    block: Block
    clusters: Clusters
    clusters_of: Mapping[str, Clusters]
    methods: tuple[MethodFigures, ...]
    reference: str | None
    to_reference: tuple[Contrast, ...]
    to_best: tuple[Contrast, ...]


def compared(
    runs: Runs,
    reference: str | None,
    bootstrap: Bootstrap,
    progress: Callable[[list[Source]], Iterable[Source]] = iter,
) -> list[BlockFigures]:
    """Compare the methods of all blocks of all groups.

    Raises:
        DataError: runs of a protocol scored different samples, or lack a class.
    """
    figures = []
    for group, methods in runs.items():
        sources = [Source(file) for files in methods.values() for file in files.values()]
        judged = judge(sources, COMPARED, bootstrap, progress)
        figures += [_block_figures(block, judged, reference) for block in blocks(group, methods)]
    return figures


def _block_figures(block: Block, judged: Judged, reference: str | None) -> BlockFigures:
    clusters = judged.joint.clusters(block.protocols)
    clusters_of = {name: judged.joint.clusters((name,)) for name in block.protocols}
    sources = {name: [*map(Source, files.values())] for name, files in block.methods.items()}
    seeded = {
        name: {figure: judged.seeded(runs, figure) for figure in COMPARED}
        for name, runs in sources.items()
    }

    def means(runs: Sequence[Source], clusters: Clusters) -> dict[Figure, Estimate]:
        return {figure: estimate(judged.seeded(runs, figure), clusters) for figure in COMPARED}

    methods = [
        MethodFigures(
            name,
            means(runs, clusters),
            {
                protocol: means([run for run in runs if run.protocol == protocol], own)
                for protocol, own in clusters_of.items()
            },
        )
        for name, runs in sources.items()
    ]
    methods.sort(key=lambda method: (method.means[LEADING].value, method.name))
    ranked = {method.name: seeded[method.name] for method in methods}
    present = reference if reference in block.methods else None
    return BlockFigures(
        block=block,
        clusters=clusters,
        clusters_of=clusters_of,
        methods=tuple(methods),
        reference=present,
        to_reference=() if present is None else against(present, ranked, clusters),
        to_best=against_first(ranked, clusters),
    )


def against(other: str, methods: Ranked, clusters: Clusters) -> tuple[Contrast, ...]:
    """Contrast every method with one named beforehand, corrected for the number of methods."""
    pairs = [(name, other) for name in methods if name != other]
    return _contrasts(pairs, methods, clusters)


def against_first(methods: Ranked, clusters: Clusters) -> tuple[Contrast, ...]:
    """Contrast every method but the first with the first, corrected for all pairs of methods.

    Which is first is seen in the same scores, and the lowest of many is low by chance as well: any
    pair may turn out to be looked at.
    """
    pairs = [(worse, better) for better, worse in combinations(methods, 2)]
    return _contrasts(pairs, methods, clusters, len(methods) - 1)


def _contrasts(
    pairs: Sequence[tuple[str, str]], methods: Ranked, clusters: Clusters, wanted: int | None = None
) -> tuple[Contrast, ...]:
    """Contrast the first pairs, or all, corrected for the number of all."""
    differences = [
        {
            figure: estimate(own.less(methods[other][figure]), clusters)
            for figure, own in methods[name].items()
        }
        for name, other in pairs
    ]
    adjusted = {figure: holm([own[figure].p_value for own in differences]) for figure in COMPARED}
    return tuple(
        Contrast(
            name,
            differences[number],
            {figure: float(adjusted[figure][number]) for figure in COMPARED},
            _ratio(methods[name][LEADING], methods[other][LEADING]),
            ratio_interval(methods[name][LEADING], methods[other][LEADING], clusters),
        )
        for number, (name, other) in enumerate(pairs[:wanted])
    )


def _ratio(first: SeededFigure, second: SeededFigure) -> float:
    below = float(np.mean(second.values))
    return float(np.mean(first.values)) / below if below else nan
