"""Write what a study of factors says: a page, tables, pictures and all figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anomaly_fas.files import write_text
from anomaly_fas.plots.style import save
from anomaly_fas.reporting.ablation.figures import FIGURES
from anomaly_fas.reporting.ablation.pictures import factor_picture, overview_picture
from anomaly_fas.reporting.ablation.tables import factor_table, figure_rows, overview_table
from anomaly_fas.reporting.study import provenance
from anomaly_fas.reporting.tables import csv_text, render, write_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from anomaly_fas.reporting.ablation.arms import Placed
    from anomaly_fas.reporting.ablation.figures import ArmFigures


def write_ablation(
    study: str, placed: Placed, entries: Sequence[ArmFigures], replicates: int, folder: Path
) -> Path:
    """Write `README.md`, `figures.csv`, and a table and a picture for each factor.

    Args:
        study: name of the study.
        placed: its runs.
        entries: the figures of every level.
        replicates: number of bootstrap replicates.
        folder: folder of the page.

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
