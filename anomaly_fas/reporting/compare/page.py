"""Write what a comparison of methods says: a page, pictures, tables and all figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from anomaly_fas.files import write_text
from anomaly_fas.plots.style import save
from anomaly_fas.reporting.compare.pictures import difference_picture, eer_picture
from anomaly_fas.reporting.compare.tables import (
    difference_rows,
    figure_rows,
    method_table,
    protocol_table,
    provenance,
    reference_table,
    scorer_table,
)
from anomaly_fas.reporting.tables import csv_text, render, write_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from anomaly_fas.reporting.compare.figures import BlockFigures
    from anomaly_fas.reporting.compare.scorer_matrix import Matrix
    from anomaly_fas.reporting.tables import Table

FEW: Final = 30
"""Subjects below which the page warns of coarse intervals."""


def write_comparison(
    study: str,
    found: Sequence[BlockFigures],
    matrices: Sequence[Matrix],
    missing: Sequence[str],
    reference: str | None,
    replicates: int,
    folder: Path,
) -> Path:
    """Write `compare.md`, `figures.csv`, `differences.csv`, two pictures and `tables/`.

    Args:
        study: name of the study.
        found: figures of every block.
        matrices: EER of every scorer, one matrix per block; empty if not asked for.
        missing: missing runs, in words.
        reference: method that all are compared with; None for none.
        replicates: number of bootstrap replicates.
        folder: folder of the page.

    Returns:
        The page.

    Raises:
        RunError: a file cannot be written.
    """
    sections = [
        (block, provenance(block), _tables(block, matrices[number] if matrices else None))
        for number, block in enumerate(found)
    ]
    for _, _, tables in sections:
        for table in tables:
            write_table(table, folder / "tables")
    save(eer_picture(found), folder / "eer.png")
    referenced = [block for block in found if block.to_reference]
    if referenced:
        assert reference is not None
        save(difference_picture(referenced, reference), folder / "differences.png")
    write_text(folder / "figures.csv", csv_text(figure_rows(found)))
    write_text(folder / "differences.csv", csv_text(difference_rows(found)))
    page = render(
        "compare.md",
        study=study,
        has_differences=bool(referenced),
        reference=reference,
        missing=missing,
        sections=sections,
        few=FEW,
        replicates=replicates,
    )
    write_text(folder / "compare.md", page)
    return folder / "compare.md"


def _tables(block: BlockFigures, matrix: Matrix | None) -> list[Table]:
    tables = [method_table(block)]
    if block.to_reference:
        tables.append(reference_table(block))
    if len(block.block.protocols) > 1:
        tables.append(protocol_table(block))
    if matrix is not None:
        tables.append(scorer_table(block, matrix))
    return tables
