"""The figures of methods over a family of protocols, and how they differ from each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anomaly_fas.errors import DataError
from anomaly_fas.metrics.analysis import HEADLINE
from anomaly_fas.metrics.evaluation import same_samples
from anomaly_fas.metrics.joint_resampling import joint_resampling
from anomaly_fas.metrics.paired_seeds import SeededFigure, estimate
from anomaly_fas.metrics.run_figures import COMPARED, run_figures, run_replicates
from anomaly_fas.reporting.compare.blocks import blocks
from anomaly_fas.reporting.compare.contrasts import LEADING, against, against_first
from anomaly_fas.reporting.report.entries import scored_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from anomaly_fas.metrics.evaluation import ScoredRun
    from anomaly_fas.metrics.joint_resampling import Clusters, JointResampling
    from anomaly_fas.metrics.paired_seeds import Estimate
    from anomaly_fas.reporting.collect import ScoreFile
    from anomaly_fas.reporting.compare.blocks import Block, Cells
    from anomaly_fas.reporting.compare.contrasts import Contrast
    from anomaly_fas.reporting.compare.runs import Cell, Group, Runs


@dataclass(frozen=True)
class MethodFigures:
    """What the runs of a method in a block say.

    Attributes:
        name: of the method.
        means: figure to its mean over protocols and seeds.
        by_protocol: protocol to figure to its mean over seeds.
    """

    name: str
    means: Mapping[str, Estimate]
    by_protocol: Mapping[str, Mapping[str, Estimate]]


@dataclass(frozen=True)
class BlockFigures:
    """A block, judged.

    Attributes:
        block: its methods and runs.
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

    @property
    def best(self) -> str:
        """The method of the lowest EER."""
        return self.methods[0].name


def compared(
    runs: Runs,
    reference: str | None,
    replicates: int,
    seed: int,
    progress: Callable[[list[ScoreFile]], Iterable[ScoreFile]] = iter,
) -> list[BlockFigures]:
    """Judge all blocks of all groups.

    Args:
        runs: by group and method.
        reference: method that all are compared with.
        replicates: of the bootstrap over subjects.
        seed: of the bootstrap.
        progress: what shows progress over the runs of a group.

    Raises:
        DataError: runs of a protocol scored different samples, or lack a class.
    """
    found = []
    for group, methods in runs.items():
        judged = _judge(group, methods, replicates, seed, progress)
        found += [judged.block(block, reference) for block in blocks(group, methods)]
    return found


@dataclass(frozen=True)
class _Judged:
    """Every run of a group: its figures, and those in each replicate.

    Attributes:
        values: method and cell to figure to value.
        replicates: the same to arrays, shape [replicates].
        joint: what was drawn.
    """

    values: Mapping[tuple[str, Cell], Mapping[str, float]]
    replicates: Mapping[tuple[str, Cell], Mapping[str, np.ndarray]]
    joint: JointResampling

    def block(self, block: Block, reference: str | None) -> BlockFigures:
        """Means and differences of a block's methods."""
        clusters = self.joint.clusters(block.protocols)
        clusters_of = {name: self.joint.clusters((name,)) for name in block.protocols}
        seeded = {
            name: {
                figure: self._seeded(name, block, figure, block.protocols) for figure in COMPARED
            }
            for name in block.methods
        }
        methods = [
            MethodFigures(
                name,
                {figure: estimate(own, clusters) for figure, own in seeded[name].items()},
                {
                    protocol: self._of(name, block, protocol, clusters_of)
                    for protocol in clusters_of
                },
            )
            for name in block.methods
        ]
        methods.sort(key=lambda own: (own.means[LEADING].value, own.name))
        ranked = {method.name: seeded[method.name] for method in methods}
        there = reference if reference in block.methods else None
        return BlockFigures(
            block=block,
            clusters=clusters,
            clusters_of=clusters_of,
            methods=tuple(methods),
            reference=there,
            to_reference=() if there is None else against(there, ranked, clusters),
            to_best=against_first(ranked, clusters),
        )

    def _of(
        self, name: str, block: Block, protocol: str, clusters: Mapping[str, Clusters]
    ) -> dict[str, Estimate]:
        """The figures of a method under one protocol."""
        return {
            figure: estimate(self._seeded(name, block, figure, (protocol,)), clusters[protocol])
            for figure in COMPARED
        }

    def _seeded(
        self, name: str, block: Block, figure: str, protocols: Sequence[str]
    ) -> SeededFigure:
        """The mean over protocols, of each seed."""
        cells = [cell for cell in block.methods[name] if cell.protocol in protocols]
        values = [
            [self.values[name, cell][figure] for cell in cells if cell.seed == seed]
            for seed in block.seeds
        ]
        drawn = [self.replicates[name, cell][figure] for cell in cells]
        return SeededFigure(np.mean(values, axis=1), np.mean(drawn, axis=0))


def _judge(
    group: Group,
    methods: Mapping[str, Cells],
    replicates: int,
    seed: int,
    progress: Callable[[list[ScoreFile]], Iterable[ScoreFile]],
) -> _Judged:
    places = [(name, cell) for name, cells in methods.items() for cell in cells]
    files = [methods[name][cell] for name, cell in places]
    first: dict[str, ScoredRun] = {}
    for (_, cell), file in zip(places, files, strict=True):
        if cell.protocol not in first:
            first[cell.protocol] = deciding_run(file)
    in_order = dict(sorted(first.items()))  # so that draws do not depend on who was first
    joint = joint_resampling(in_order, replicates, np.random.default_rng(seed))
    values, draws = {}, {}
    for place, file in zip(places, progress(files), strict=True):
        run, protocol = deciding_run(file), place[1].protocol
        if not same_samples(first[protocol], run):
            raise DataError(
                f"{file.path} scored other samples than another run of {group.title}, {protocol}, "
                "so they cannot be compared. Train both on the same data, or name what sets them "
                "apart: variants=[model,data]"
            )
        values[place] = run_figures(run)
        draws[place] = run_replicates(run, joint.protocols[protocol])
    return _Judged(values, draws, joint)


def deciding_run(file: ScoreFile) -> ScoredRun:
    """The scores of a run's first scorer.

    Raises:
        DataError: a class is missing that is needed.
    """
    try:
        return scored_run(file.table, file.table.scorers[0], HEADLINE)
    except DataError as error:
        raise DataError(f"{file.path}: {error}") from error
