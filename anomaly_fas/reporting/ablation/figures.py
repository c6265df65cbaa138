"""The figures of every level of every factor, their differences to the base, and tables of them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import pandas as pd

from anomaly_fas.metrics.estimate import Estimate, estimate
from anomaly_fas.reporting.ablation.arms import Arm
from anomaly_fas.reporting.ablation.factor import Factor, shown
from anomaly_fas.reporting.compare.judging import Bootstrap, Figure, Judged, Source, judge
from anomaly_fas.reporting.compare.tables import numbers
from anomaly_fas.reporting.study import Column, distinct
from anomaly_fas.reporting.tables import Cell, Table, figure_cell, points_cell
from anomaly_fas.types import Split

FIGURES: Final = tuple(
    Figure(split, name) for split in (Split.DEVEL, Split.TEST) for name in ("acer", "eer")
)
"""Figures that are reported; the threshold of ACER is that of equal error rates on devel."""

_RATES: Final = tuple(f"{figure.split} {figure.name.upper()}" for figure in FIGURES)
_DIFFERENCES: Final = tuple(f"Δ {rate}" for rate in _RATES)
_ERRORS: Final = ("seed_error", "subject_error")


@dataclass(frozen=True)
class ArmFigures:
    """The figures of the runs of a level.

    Attributes:
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


def factor_table(factor: Factor, entries: Sequence[ArmFigures], note: str) -> Table:
    """Tabulate levels by protocol: their figures and differences to the base."""
    header = (factor.symbol, "protocol", "seeds", *_RATES, *_DIFFERENCES)
    rows = [
        (
            Cell(shown(entry.arm.level) + " (base)" * entry.arm.is_base),
            Cell(entry.arm.column.title),
            Cell(", ".join(map(str, entry.arm.files))),
            *(figure_cell(mean.value, mean.interval) for mean in entry.means.values()),
            *_difference_cells(entry),
        )
        for entry in entries
    ]
    return Table(factor.name, factor.title, header, tuple(rows), note)


def overview_table(entries: Sequence[ArmFigures], note: str) -> Table:
    """Tabulate the differences of all levels of all factors, protocols across."""
    columns = list(dict.fromkeys(entry.arm.column for entry in entries))
    factors = {entry.arm.factor.name: entry.arm.factor for entry in entries}
    by_place = {
        (entry.arm.factor.name, entry.arm.level, entry.arm.column): entry for entry in entries
    }
    rows = []
    for factor in factors.values():
        for level in factor.levels:
            arms = [by_place.get((factor.name, level, column)) for column in columns]
            if level != factor.base and any(arms):
                cells = [_difference_cells(entry) for entry in arms]
                rows.append((Cell(factor.named(level)), *chain.from_iterable(cells)))
    header = ("level", *(f"{column.title}, {name}" for column in columns for name in _DIFFERENCES))
    return Table("overview", "Differences to the base", header, tuple(rows), note)


def figure_rows(entries: Sequence[ArmFigures]) -> pd.DataFrame:
    """List all figures: one row per protocol, factor, level, split and figure."""
    return pd.DataFrame(
        {
            **entry.arm.column.labels,
            "factor": entry.arm.factor.name,
            "level": entry.arm.level,
            "is_base": entry.arm.is_base,
            "scorer": entry.arm.scorer,
            "split": str(figure.split),
            "figure": figure.name,
            **numbers(entry.means[figure], _ERRORS),
            **numbers(entry.differences.get(figure), _ERRORS, "difference_"),
            "seeds": " ".join(map(str, entry.arm.files)),
            "by_seed": " ".join(map(str, entry.by_seed[figure])),
            "seeds_compared": " ".join(map(str, entry.compared)),
            "config_hash": " ".join(
                distinct(f.facts.config_hash for f in entry.arm.files.values())
            ),
            "commit": " ".join(distinct(f.facts.commit for f in entry.arm.files.values())),
        }
        for entry in entries
        for figure in FIGURES
    )


def _difference_cells(entry: ArmFigures | None) -> list[Cell]:
    if entry is None or not entry.differences:
        return [Cell()] * len(FIGURES)
    return [
        points_cell(difference.value, difference.interval, "*" * difference.excludes_zero)
        for difference in entry.differences.values()
    ]
