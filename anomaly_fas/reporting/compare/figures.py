"""The figures of methods over a family of protocols, and how they differ from each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from anomaly_fas.metrics.estimate import estimate
from anomaly_fas.reporting.compare.blocks import blocks
from anomaly_fas.reporting.compare.contrasts import COMPARED, LEADING, against, against_first
from anomaly_fas.reporting.compare.judging import Source, judge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from anomaly_fas.metrics.estimate import Estimate
    from anomaly_fas.metrics.resampling import Clusters
    from anomaly_fas.reporting.compare.blocks import Block
    from anomaly_fas.reporting.compare.contrasts import Contrast
    from anomaly_fas.reporting.compare.groups import Runs
    from anomaly_fas.reporting.compare.judging import Bootstrap, Figure, Judged


@dataclass(frozen=True)
class MethodFigures:
    """The figures of a method in a block.

    Attributes:
        name: name of the method.
        means: figure to its mean over protocols and seeds.
        by_protocol: protocol to figure to its mean over seeds.
    """

    name: str
    means: Mapping[Figure, Estimate]
    by_protocol: Mapping[str, Mapping[Figure, Estimate]]


@dataclass(frozen=True)
class BlockFigures:
    """The figures of a block.

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
    bootstrap: Bootstrap,
    progress: Callable[[list[Source]], Iterable[Source]] = iter,
) -> list[BlockFigures]:
    """Compare the methods of all blocks of all groups.

    Args:
        runs: by group and method.
        reference: method that all are compared with.
        bootstrap: how subjects are drawn.
        progress: shows progress over the runs of a group.

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
    methods = [
        MethodFigures(
            name,
            {figure: estimate(values, clusters) for figure, values in seeded[name].items()},
            {
                protocol: {
                    figure: estimate(
                        judged.seeded([run for run in runs if run.protocol == protocol], figure),
                        clusters_of[protocol],
                    )
                    for figure in COMPARED
                }
                for protocol in block.protocols
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
