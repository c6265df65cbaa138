"""The figures of every level of every factor, and how they differ from the base."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from anomaly_fas.metrics.estimate import estimate
from anomaly_fas.reporting.compare.judging import Figure, Source, judge
from anomaly_fas.types import Split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from anomaly_fas.metrics.estimate import Estimate
    from anomaly_fas.reporting.ablation.arms import Arm
    from anomaly_fas.reporting.column import Column
    from anomaly_fas.reporting.compare.judging import Bootstrap, Judged

FIGURES: Final = tuple(
    Figure(split, name) for split in (Split.DEVEL, Split.TEST) for name in ("acer", "eer")
)
"""Figures that are reported; the threshold of ACER is that of equal error rates on devel."""


@dataclass(frozen=True)
class ArmFigures:
    """The figures of the runs of a level.

    Attributes:
        arm: the level.
        by_seed: figure to the value of each seed, fractions, seeds rising.
        means: figure to the mean over seeds.
        differences: figure to the level less the base, over the seeds that both have; empty for the
            base.
        compared: seeds that both have.
    """

    arm: Arm
    by_seed: Mapping[Figure, tuple[float, ...]]
    means: Mapping[Figure, Estimate]
    differences: Mapping[Figure, Estimate]
    compared: tuple[int, ...]


def factor_figures(
    arms: Sequence[Arm],
    bootstrap: Bootstrap,
    progress: Callable[[list[Source]], Iterable[Source]] = iter,
) -> list[ArmFigures]:
    """Compare every level with the base of its factor, on each protocol by itself.

    Raises:
        DataError: runs of a protocol scored different samples, or lack a class.
    """
    by_column: dict[Column, list[Arm]] = defaultdict(list)
    for arm in arms:
        by_column[arm.column].append(arm)
    figures = []
    for levels in by_column.values():
        sources = [source for arm in levels for source in arm.sources(arm.files)]
        judged = judge(sources, FIGURES, bootstrap, progress)
        bases = {arm.factor.name: arm for arm in levels if arm.is_base}
        figures += [_arm_figures(arm, bases[arm.factor.name], judged) for arm in levels]
    return figures


def _arm_figures(arm: Arm, base: Arm, judged: Judged) -> ArmFigures:
    clusters = judged.joint.clusters((arm.column.protocol,))
    compared = () if arm is base else tuple(seed for seed in arm.files if seed in base.files)
    level, shared, others = (
        {figure: judged.seeded(sources, figure) for figure in FIGURES if sources}
        for sources in (arm.sources(arm.files), arm.sources(compared), base.sources(compared))
    )
    return ArmFigures(
        arm=arm,
        by_seed={figure: tuple(map(float, values.values)) for figure, values in level.items()},
        means={figure: estimate(values, clusters).as_rate for figure, values in level.items()},
        differences={
            figure: estimate(values.less(others[figure]), clusters)
            for figure, values in shared.items()
        },
        compared=compared,
    )
