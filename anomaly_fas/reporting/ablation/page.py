"""Write what a study of factors says: a page, tables, pictures and all figures."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from matplotlib.figure import Figure as Picture

from anomaly_fas.files import write_text
from anomaly_fas.plots.dots import RATES, Dot, factor_figure, methods_figure
from anomaly_fas.plots.style import save
from anomaly_fas.reporting.ablation.arms import Placed
from anomaly_fas.reporting.ablation.factor import Factor, shown
from anomaly_fas.reporting.ablation.figures import (
    FIGURES,
    ArmFigures,
    factor_table,
    figure_rows,
    overview_table,
)
from anomaly_fas.reporting.compare.judging import Figure
from anomaly_fas.reporting.compare.page import dot
from anomaly_fas.reporting.study import provenance
from anomaly_fas.reporting.tables import csv_text, render, write_table
from anomaly_fas.types import Split

_SPLITS: Final = (Split.DEVEL, Split.TEST)


def write_ablation(
    study: str, placed: Placed, entries: Sequence[ArmFigures], replicates: int, folder: Path
) -> Path:
    """Write `README.md`, `figures.csv`, and a table and a picture for each factor.

    Returns:
        The page.

    Raises:
        RunError: a file cannot be written.
    """
    reading = render("ablation_reading.md", replicates=replicates).strip()
    source = _provenance(entries)
    overview = None
    if any(entry.differences for entry in entries):
        overview = overview_table(entries, f"{reading} {source}")
        write_table(overview, folder)
        save(overview_picture(entries), folder / "overview.png")
    factors = []
    for factor in {entry.arm.factor.name: entry.arm.factor for entry in entries}.values():
        levels = [entry for entry in entries if entry.arm.factor.name == factor.name]
        table = factor_table(factor, levels, f"{reading} {_provenance(levels)}")
        write_table(table, folder)
        save(factor_picture(factor, levels), folder / f"{factor.name}.png")
        factors.append((table, _provenance(levels)))
    write_text(folder / "figures.csv", csv_text(figure_rows(entries)))
    page = render(
        "ablation.md",
        study=study,
        source=source,
        missing=placed.missing,
        single=[
            f"{entry.arm.column.title}: {entry.arm.factor.named(entry.arm.level)}"
            for entry in entries
            if len(entry.compared) == 1
        ],
        elsewhere=placed.elsewhere,
        overview=overview,
        counts=_counts(entries),
        reading=reading,
        factors=factors,
    )
    write_text(folder / "README.md", page)
    return folder / "README.md"


def _counts(entries: Sequence[ArmFigures]) -> list[dict[str, object]]:
    """Count the differences in each figure, and those beyond chance."""
    compared = [
        entry.differences
        for entry in entries
        if entry.differences and entry.arm.level not in entry.arm.factor.borrowed
    ]
    return [
        {
            "figure": figure,
            "number": sum(own[figure].interval is not None for own in compared),
            "beyond": sum(own[figure].excludes_zero for own in compared),
        }
        for figure in FIGURES
    ]


def _provenance(entries: Sequence[ArmFigures]) -> str:
    return provenance(file.facts for entry in entries for file in entry.arm.files.values())


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
