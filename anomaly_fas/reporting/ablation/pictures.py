"""The pictures of a study of factors, from its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from anomaly_fas.plots.compared_methods import methods_figure
from anomaly_fas.plots.factor import LevelFigure, LevelPanels, Series, factor_figure
from anomaly_fas.reporting.ablation.factor import shown
from anomaly_fas.reporting.compare.judging import Figure
from anomaly_fas.reporting.compare.pictures import dot, percent_bounds
from anomaly_fas.types import Split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure as Picture

    from anomaly_fas.metrics.estimate import Estimate
    from anomaly_fas.plots.compared_methods import Dot
    from anomaly_fas.reporting.ablation.factor import Factor
    from anomaly_fas.reporting.ablation.figures import ArmFigures

_SPLITS: Final = (Split.DEVEL, Split.TEST)
_RATES: Final[tuple[Literal["ACER", "EER"], ...]] = ("ACER", "EER")


def factor_picture(factor: Factor, entries: Sequence[ArmFigures]) -> Picture:
    """The error rates of a factor's levels, and their differences to the base.

    Args:
        factor: what is changed.
        entries: its levels under all protocols.
    """
    columns: dict[str, LevelPanels] = {}
    for column in dict.fromkeys(entry.arm.column for entry in entries):
        arms = [entry for entry in entries if entry.arm.column == column]
        for split in _SPLITS:
            means, differences = [], []
            for rate in _RATES:
                figure = Figure(split, rate.lower())
                means.append(
                    Series(rate, tuple(_level(o, o.means[figure], o.by_seed[figure]) for o in arms))
                )
                changed = [entry for entry in arms if entry.differences]
                differences.append(
                    Series(rate, tuple(_level(o, o.differences[figure]) for o in changed))
                )
            columns[_title(arms[0], split)] = LevelPanels(tuple(means), tuple(differences))
    present = {entry.arm.level for entry in entries}
    names = {level: shown(level) for level in factor.levels if level in present}
    return factor_figure(factor.label, names, factor.base, columns)


def overview_picture(entries: Sequence[ArmFigures]) -> Picture:
    """How much every level of every factor differs from the base."""
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
                    aside=0.3 * (number - (len(_RATES) - 1) / 2),
                )
                for number, rate in enumerate(_RATES)
            )
    return methods_figure(
        panels,
        [name for group in groups for name in group],
        "percentage points more than the base",
        "Left of 0: fewer errors. Bars: 95 % interval",
        {rate: rate for rate in _RATES},
        of_differences=True,
        share_scale=True,
        rules=[sum(map(len, groups[:number])) - 0.5 for number in range(1, len(groups))],
    )


def _level(entry: ArmFigures, mean: Estimate, by_seed: Sequence[float] = ()) -> LevelFigure:
    seeds = tuple(100 * value for value in by_seed)
    return LevelFigure(entry.arm.level, 100 * mean.value, percent_bounds(mean), seeds)


def _title(entry: ArmFigures, split: Split) -> str:
    column = entry.arm.column
    return f"{column.title}: {split} ({column.data_kind})"
