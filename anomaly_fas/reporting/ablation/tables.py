"""A table a factor, and every figure of all of them as one long table."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

import pandas as pd

from anomaly_fas.metrics.analysis import HEADLINE
from anomaly_fas.reporting import run_facts
from anomaly_fas.reporting.ablation.factor import shown
from anomaly_fas.reporting.ablation.figures import FIGURES
from anomaly_fas.reporting.cells import figure_cell, points_cell
from anomaly_fas.reporting.tables import Cell, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anomaly_fas.metrics.estimate import Estimate
    from anomaly_fas.reporting.ablation.factor import Factor
    from anomaly_fas.reporting.ablation.figures import ArmFigures

_DIFFERENCES: Final = tuple(f"Δ {figure.split} {figure.name.upper()}" for figure in FIGURES)


def factor_table(factor: Factor, found: Sequence[ArmFigures], replicates: int) -> Table:
    """Levels down, by protocol; figures and differences to the base across.

    Args:
        factor: what is changed.
        found: its levels under all protocols.
        replicates: of the bootstrap.
    """
    header = (
        factor.symbol,
        "protocol",
        "seeds",
        *(f"{figure.split} {figure.name.upper()}" for figure in FIGURES),
        *_DIFFERENCES,
    )
    return Table(
        factor.name,
        factor.title,
        header,
        tuple(_row(one) for one in found),
        f"{reading(replicates)} {provenance(found)}",
    )


def overview_table(found: Sequence[ArmFigures], replicates: int) -> Table:
    """The differences of all levels, factors and levels down and protocols across.

    Args:
        found: levels of all factors under all protocols.
        replicates: of the bootstrap.
    """
    columns = list(dict.fromkeys(one.arm.column for one in found))
    factors = {one.arm.factor.name: one.arm.factor for one in found}
    places = {(one.arm.factor.name, one.arm.level, one.arm.column): one for one in found}
    rows = []
    for factor in factors.values():
        for level in factor.levels:
            own = [places.get((factor.name, level, column)) for column in columns]
            if level != factor.base and any(own):
                cells = [_difference_cells(one) for one in own]
                rows.append((Cell(factor.named(level)), *chain.from_iterable(cells)))
    return Table(
        "overview",
        "Differences to the base",
        ("level", *(f"{column.title}, {name}" for column in columns for name in _DIFFERENCES)),
        tuple(rows),
        f"{reading(replicates)} {provenance(found)}",
    )


def reading(replicates: int) -> str:
    """What the numbers and intervals of a table are."""
    return (
        "Percent, the mean over seeds. ACER is the mean of BPCER and the APCER of the worst coarse "
        f"PAI species at the threshold `{HEADLINE}`, that of equal error rates on devel; EER is of "
        "each split's own curve. Δ: the level less the base, in percentage points, each seed "
        "compared with the same seed on the same samples; below 0 the level errs less. In "
        "brackets 95 % intervals for other seeds and other subjects: Student's t with "
        "Satterthwaite's degrees of freedom, of the variance over seeds divided by their number "
        f"plus that over {replicates} bootstrap replicates of the mean over seeds, times "
        "n / (n − d) for n test subjects of d datasets; a replicate draws whole subjects within "
        "each dataset, of devel and of test, and takes the threshold afresh. With a single seed "
        "they speak for other subjects alone; where nothing varies there is none. * marks an "
        "interval that leaves out 0; there is no correction for the number of comparisons. In runs "
        "of several epochs devel ACER has chosen the checkpoint, so their devel figures flatter."
    )


def provenance(found: Sequence[ArmFigures]) -> str:
    """The data, seeds, commits and versions behind some levels."""
    return run_facts.provenance(f.facts for one in found for f in one.arm.files.values())


def figure_rows(found: Sequence[ArmFigures]) -> pd.DataFrame:
    """One row a protocol, factor, level, split and figure; fractions, unrounded."""
    return pd.DataFrame(
        [
            {
                "protocol": one.arm.column.protocol,
                "lists": one.arm.column.lists,
                "data_kind": one.arm.column.data_kind,
                "factor": one.arm.factor.name,
                "level": one.arm.level,
                "is_base": one.is_base,
                "scorer": one.arm.scorer,
                "split": str(figure.split),
                "figure": figure.name,
                **_numbers("", one.means[figure]),
                **_numbers("difference_", one.differences.get(figure)),
                "seeds": _joined(one.arm.files),
                "by_seed": _joined(one.by_seed[figure]),
                "seeds_compared": _joined(one.compared),
                "config_hash": _joined({f.facts.config_hash for f in one.arm.files.values()}),
                "commit": _joined({f.facts.commit for f in one.arm.files.values()}),
            }
            for one in found
            for figure in FIGURES
        ]
    )


def _row(one: ArmFigures) -> tuple[Cell, ...]:
    name = shown(one.arm.level) + " (base)" * one.is_base
    return (
        Cell(name),
        Cell(one.arm.column.title),
        Cell(", ".join(map(str, one.arm.files))),
        *(_level_cell(one.means[figure]) for figure in FIGURES),
        *_difference_cells(one),
    )


def _difference_cells(one: ArmFigures | None) -> list[Cell]:
    return [difference_cell(one.differences.get(figure) if one else None) for figure in FIGURES]


def _level_cell(mean: Estimate) -> Cell:
    return figure_cell(mean.value, mean.interval)


def difference_cell(difference: Estimate | None) -> Cell:
    """A difference in points with its sign and interval."""
    if difference is None:
        return Cell()
    mark = "*" if difference.excludes_zero else ""
    return points_cell(difference.value, difference.interval, mark)


def _numbers(prefix: str, mean: Estimate | None) -> dict[str, float | None]:
    if mean is None:
        return dict.fromkeys(
            f"{prefix}{name}" for name in ("value", "low", "high", "seed_error", "subject_error")
        )
    low, high = mean.interval or (None, None)
    return {
        f"{prefix}value": mean.value,
        f"{prefix}low": low,
        f"{prefix}high": high,
        f"{prefix}seed_error": mean.seed_error,
        f"{prefix}subject_error": mean.subject_error,
    }


def _joined(values: object) -> str:
    assert hasattr(values, "__iter__")
    return " ".join(str(value) for value in values)
