"""A table for each factor, an overview of all, and every figure of them as one long table."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

import pandas as pd

from anomaly_fas.reporting.ablation.factor import shown
from anomaly_fas.reporting.ablation.figures import FIGURES
from anomaly_fas.reporting.cells import figure_cell, points_cell
from anomaly_fas.reporting.compare.rows import joined, numbers
from anomaly_fas.reporting.tables import Cell, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anomaly_fas.reporting.ablation.factor import Factor
    from anomaly_fas.reporting.ablation.figures import ArmFigures

_RATES: Final = tuple(f"{figure.split} {figure.name.upper()}" for figure in FIGURES)
_DIFFERENCES: Final = tuple(f"Δ {rate}" for rate in _RATES)
_ERRORS: Final = ("seed_error", "subject_error")


def factor_table(factor: Factor, found: Sequence[ArmFigures], note: str) -> Table:
    """Levels down, by protocol; figures and differences to the base across.

    Args:
        factor: what is changed.
        found: its levels under all protocols.
        note: how to read it.
    """
    header = (factor.symbol, "protocol", "seeds", *_RATES, *_DIFFERENCES)
    rows = [
        (
            Cell(shown(one.arm.level) + " (base)" * one.arm.is_base),
            Cell(one.arm.column.title),
            Cell(", ".join(map(str, one.arm.files))),
            *(figure_cell(mean.value, mean.interval) for mean in one.means.values()),
            *_difference_cells(one),
        )
        for one in found
    ]
    return Table(factor.name, factor.title, header, tuple(rows), note)


def overview_table(found: Sequence[ArmFigures], note: str) -> Table:
    """The differences of all levels, factors and levels down and protocols across.

    Args:
        found: levels of all factors under all protocols.
        note: how to read it.
    """
    columns = list(dict.fromkeys(one.arm.column for one in found))
    factors = {one.arm.factor.name: one.arm.factor for one in found}
    places = {(one.arm.factor.name, one.arm.level, one.arm.column): one for one in found}
    rows = []
    for factor in factors.values():
        for level in factor.levels:
            arms = [places.get((factor.name, level, column)) for column in columns]
            if level != factor.base and any(arms):
                cells = [_difference_cells(one) for one in arms]
                rows.append((Cell(factor.named(level)), *chain.from_iterable(cells)))
    header = ("level", *(f"{column.title}, {name}" for column in columns for name in _DIFFERENCES))
    return Table("overview", "Differences to the base", header, tuple(rows), note)


def figure_rows(found: Sequence[ArmFigures]) -> pd.DataFrame:
    """One row per protocol, factor, level, split and figure; fractions, unrounded."""
    return pd.DataFrame(
        {
            **one.arm.column.labels,
            "factor": one.arm.factor.name,
            "level": one.arm.level,
            "is_base": one.arm.is_base,
            "scorer": one.arm.scorer,
            "split": str(figure.split),
            "figure": figure.name,
            **numbers(one.means[figure], _ERRORS),
            **numbers(one.differences.get(figure), _ERRORS, "difference_"),
            "seeds": joined(one.arm.files),
            "by_seed": joined(one.by_seed[figure]),
            "seeds_compared": joined(one.compared),
            "config_hash": joined({f.facts.config_hash for f in one.arm.files.values()}),
            "commit": joined({f.facts.commit for f in one.arm.files.values()}),
        }
        for one in found
        for figure in FIGURES
    )


def _difference_cells(one: ArmFigures | None) -> list[Cell]:
    if one is None or not one.differences:
        return [Cell()] * len(FIGURES)
    return [
        points_cell(own.value, own.interval, "*" * own.excludes_zero)
        for own in one.differences.values()
    ]
