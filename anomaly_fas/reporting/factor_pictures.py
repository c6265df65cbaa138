"""The pictures of a study of factors, from its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anomaly_fas.plots.factor import LevelFigure, Rows, Series, factor_figure
from anomaly_fas.plots.factor_overview import Differences, overview_figure
from anomaly_fas.reporting.factor import shown
from anomaly_fas.reporting.factor_figures import Figure
from anomaly_fas.types import Split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure as Picture

    from anomaly_fas.metrics.seed_interval import SeedMean
    from anomaly_fas.reporting.factor import Factor, Level
    from anomaly_fas.reporting.factor_figures import ArmFigures
    from anomaly_fas.reporting.table import Column


def factor_picture(factor: Factor, found: Sequence[ArmFigures]) -> Picture:
    """The error rates of a factor's levels, and their differences to the base.

    Args:
        factor: what is changed.
        found: its levels under all protocols.
    """
    columns = {
        _title(column): _rows([one for one in found if one.arm.column == column])
        for column in _columns(found)
    }
    there = {one.arm.level for one in found}
    levels = {level: shown(level) for level in factor.levels if level in there}
    return factor_figure(factor.label, levels, factor.base, columns)


def overview_picture(found: Sequence[ArmFigures]) -> Picture:
    """How much every level of every factor differs from the base on test."""
    others = [one for one in found if one.differences]
    factors = {one.arm.factor.name: one.arm.factor for one in others}
    columns: dict[str, Differences] = {}
    for column in _columns(others):
        own = [one for one in others if one.arm.column == column]
        columns[_title(column)] = {
            name: _difference_series([one for one in own if one.arm.factor.name == name])
            for name in factors
        }
    there = {(one.arm.factor.name, one.arm.level) for one in others}
    names = {
        (name, level): factor.named(level)
        for name, factor in factors.items()
        for level in factor.levels
        if (name, level) in there
    }
    return overview_figure(columns, names)


def _rows(found: Sequence[ArmFigures]) -> Rows:
    rows: Rows = {
        f"{name.upper()} (%)": tuple(
            Series(
                str(split),
                tuple(
                    _drawn(
                        one.arm.level,
                        one.means[Figure(split, name)],
                        one.by_seed[Figure(split, name)],
                    )
                    for one in found
                ),
            )
            for split in (Split.DEVEL, Split.TEST)
        )
        for name in ("acer", "eer")
    }
    return rows | {"less base (points)": _difference_series(found)}


def _difference_series(found: Sequence[ArmFigures]) -> tuple[Series, ...]:
    return tuple(
        Series(
            f"test {name.upper()} less base",
            tuple(
                _drawn(one.arm.level, one.differences[Figure(Split.TEST, name)])
                for one in found
                if one.differences
            ),
        )
        for name in ("acer", "eer")
    )


def _drawn(level: Level, mean: SeedMean, by_seed: Sequence[float] = ()) -> LevelFigure:
    bounds = mean.interval and (100 * mean.interval.low, 100 * mean.interval.high)
    return LevelFigure(level, 100 * mean.value, bounds, tuple(100 * value for value in by_seed))


def _columns(found: Sequence[ArmFigures]) -> list[Column]:
    return list(dict.fromkeys(one.arm.column for one in found))


def _title(column: Column) -> str:
    return f"{column.title} ({column.data_kind})"
