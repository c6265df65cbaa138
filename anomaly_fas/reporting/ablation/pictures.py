"""The pictures of a study of factors, from its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from anomaly_fas.plots.factor import LevelFigure, LevelPanels, Series, factor_figure
from anomaly_fas.plots.factor_overview import Differences, overview_figure
from anomaly_fas.reporting.ablation.factor import shown
from anomaly_fas.reporting.compare.judging import Figure
from anomaly_fas.types import Split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure as Picture

    from anomaly_fas.metrics.estimate import Estimate
    from anomaly_fas.reporting.ablation.factor import Factor, Level
    from anomaly_fas.reporting.ablation.figures import ArmFigures
    from anomaly_fas.reporting.column import Column


_SPLITS: Final = (Split.DEVEL, Split.TEST)
_RATES: Final = ("acer", "eer")


def factor_picture(factor: Factor, found: Sequence[ArmFigures]) -> Picture:
    """The error rates of a factor's levels, and their differences to the base.

    Args:
        factor: what is changed.
        found: its levels under all protocols.
    """
    columns = {
        _title(column, split): LevelPanels(
            figures=tuple(_figures(own, Figure(split, name)) for name in _RATES),
            differences=tuple(_differences(own, Figure(split, name)) for name in _RATES),
        )
        for column, own in _by_column(found).items()
        for split in _SPLITS
    }
    there = {one.arm.level for one in found}
    levels = {level: shown(level) for level in factor.levels if level in there}
    return factor_figure(factor.label, levels, factor.base, columns)


def overview_picture(found: Sequence[ArmFigures]) -> Picture:
    """How much every level of every factor differs from the base."""
    others = [one for one in found if one.differences]
    factors = {one.arm.factor.name: one.arm.factor for one in others}
    columns: dict[str, Differences] = {
        _title(column, split): {
            factor: tuple(
                _differences(
                    [one for one in own if one.arm.factor.name == factor], Figure(split, name)
                )
                for name in _RATES
            )
            for factor in factors
        }
        for column, own in _by_column(others).items()
        for split in _SPLITS
    }
    there = {(one.arm.factor.name, one.arm.level) for one in others}
    names = {
        (name, level): factor.named(level)
        for name, factor in factors.items()
        for level in factor.levels
        if (name, level) in there
    }
    return overview_figure(columns, names)


def _figures(found: Sequence[ArmFigures], figure: Figure) -> Series:
    drawn = [_drawn(one.arm.level, one.means[figure], one.by_seed[figure]) for one in found]
    return Series(figure.name.upper(), tuple(drawn))


def _differences(found: Sequence[ArmFigures], figure: Figure) -> Series:
    drawn = [_drawn(one.arm.level, one.differences[figure]) for one in found if one.differences]
    return Series(figure.name.upper(), tuple(drawn))


def _drawn(level: Level, mean: Estimate, by_seed: Sequence[float] = ()) -> LevelFigure:
    bounds = mean.interval and (100 * mean.interval.low, 100 * mean.interval.high)
    return LevelFigure(level, 100 * mean.value, bounds, tuple(100 * value for value in by_seed))


def _by_column(found: Sequence[ArmFigures]) -> dict[Column, list[ArmFigures]]:
    columns: dict[Column, list[ArmFigures]] = {}
    for one in found:
        columns.setdefault(one.arm.column, []).append(one)
    return columns


def _title(column: Column, split: Split) -> str:
    return f"{column.title}: {split} ({column.data_kind})"
