"""A table for each factor, an overview of all, and every figure of them as one long table."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

import pandas as pd

from anomaly_fas.reporting.ablation.factor import shown
from anomaly_fas.reporting.ablation.figures import FIGURES
from anomaly_fas.reporting.compare.tables import joined, numbers
from anomaly_fas.reporting.tables import Cell, Table, figure_cell, points_cell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anomaly_fas.reporting.ablation.factor import Factor
    from anomaly_fas.reporting.ablation.figures import ArmFigures

_RATES: Final = tuple(f"{figure.split} {figure.name.upper()}" for figure in FIGURES)
_DIFFERENCES: Final = tuple(f"Δ {rate}" for rate in _RATES)
_ERRORS: Final = ("seed_error", "subject_error")


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
    """One row per protocol, factor, level, split and figure; fractions, unrounded."""
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
            "seeds": joined(entry.arm.files),
            "by_seed": joined(entry.by_seed[figure]),
            "seeds_compared": joined(entry.compared),
            "config_hash": joined({f.facts.config_hash for f in entry.arm.files.values()}),
            "commit": joined({f.facts.commit for f in entry.arm.files.values()}),
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
