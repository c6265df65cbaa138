"""Write what a comparison of methods says: a page, pictures, tables and all figures."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True)
class CompareReport:
    """A comparison, ready to be written.

    Attributes:
        study: name of the study.
        found: figures of every block.
        matrices: EER of every scorer, one matrix per block; empty if not asked for.
        missing: runs that are not there, in words.
        reference: method that all are compared with; None for none.
        replicates: number of bootstrap replicates.
    """

    study: str
    found: Sequence[BlockFigures]
    matrices: Sequence[Matrix]
    missing: Sequence[str]
    reference: str | None
    replicates: int

    def write(self, folder: Path) -> Path:
        """Write `compare.md`, `figures.csv`, `differences.csv`, two pictures and `tables/`.

        Returns:
            The page.

        Raises:
            RunError: a file cannot be written.
        """
        sections = [
            (block, provenance(block), self._tables(number))
            for number, block in enumerate(self.found)
        ]
        for _, _, tables in sections:
            for table in tables:
                write_table(table, folder / "tables")
        save(eer_picture(self.found), folder / "eer.png")
        referenced = [block for block in self.found if block.to_reference]
        if referenced:
            assert self.reference is not None
            save(difference_picture(referenced, self.reference), folder / "differences.png")
        write_text(folder / "figures.csv", csv_text(figure_rows(self.found)))
        write_text(folder / "differences.csv", csv_text(difference_rows(self.found)))
        page = render(
            "compare.md",
            study=self.study,
            has_differences=bool(referenced),
            reference=self.reference,
            missing=self.missing,
            sections=sections,
            few=FEW,
            replicates=self.replicates,
        )
        write_text(folder / "compare.md", page)
        return folder / "compare.md"

    def _tables(self, number: int) -> list[Table]:
        block = self.found[number]
        tables = [method_table(block)]
        if block.to_reference:
            tables.append(reference_table(block))
        if len(block.block.protocols) > 1:
            tables.append(protocol_table(block))
        if self.matrices:
            tables.append(scorer_table(block, self.matrices[number]))
        return tables
