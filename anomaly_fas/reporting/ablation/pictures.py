"""The pictures of a study of factors, from its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from anomaly_fas.plots.compared_methods import RATES, methods_figure
from anomaly_fas.plots.factor import factor_figure
from anomaly_fas.reporting.ablation.factor import shown
from anomaly_fas.reporting.compare.judging import Figure
from anomaly_fas.reporting.compare.pictures import dot
from anomaly_fas.types import Split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure as Picture

    from anomaly_fas.plots.compared_methods import Dot
    from anomaly_fas.reporting.ablation.factor import Factor
    from anomaly_fas.reporting.ablation.figures import ArmFigures

_SPLITS: Final = (Split.DEVEL, Split.TEST)


def factor_picture(factor: Factor, entries: Sequence[ArmFigures]) -> Picture:
    """Draw the error rates of a factor's levels, and their differences to the base."""
    columns: dict[str, tuple[list[Dot], list[Dot]]] = {}
    for entry in entries:
        level = entry.arm.level
        for split in _SPLITS:
            means, differences = columns.setdefault(_title(entry, split), ([], []))
            for rate in RATES:
                figure = Figure(split, rate.lower())
                by_seed = tuple(100 * value for value in entry.by_seed[figure])
                means.append(dot(level, entry.means[figure], rate, by_seed))
                if entry.differences:
                    differences.append(dot(level, entry.differences[figure], rate))
    present = {entry.arm.level for entry in entries}
    names = {level: shown(level) for level in factor.levels if level in present}
    return factor_figure(factor.label, names, factor.base, columns)


def overview_picture(entries: Sequence[ArmFigures]) -> Picture:
    """Draw how much every level of every factor differs from the base."""
    others = [entry for entry in entries if entry.differences]
    present = {(entry.arm.factor.name, entry.arm.level) for entry in others}
    factors = {entry.arm.factor.name: entry.arm.factor for entry in others}.values()
    groups = [
        [factor.named(level) for level in factor.levels if (factor.name, level) in present]
        for factor in factors
    ]
    panels: dict[str, list[Dot]] = {}
    for entry in others:
        for split in _SPLITS:
            panels.setdefault(_title(entry, split), []).extend(
                dot(
                    entry.arm.factor.named(entry.arm.level),
                    entry.differences[Figure(split, rate.lower())],
                    rate,
                    aside=0.3 * (number - (len(RATES) - 1) / 2),
                )
                for number, rate in enumerate(RATES)
            )
    return methods_figure(
        panels,
        [name for group in groups for name in group],
        "percentage points more than the base",
        "Left of 0: fewer errors. Bars: 95 % interval",
        {rate: rate for rate in RATES},
        of_differences=True,
        share_scale=True,
        rules=[sum(map(len, groups[:number])) - 0.5 for number in range(1, len(groups))],
    )


def _title(entry: ArmFigures, split: Split) -> str:
    column = entry.arm.column
    return f"{column.title}: {split} ({column.data_kind})"
