"""Writes what a study of factors says: a page, tables, pictures and all figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from anomaly_fas.files import write_text
from anomaly_fas.plots.style import save
from anomaly_fas.reporting.ablation.figures import FIGURES
from anomaly_fas.reporting.ablation.pictures import factor_picture, overview_picture
from anomaly_fas.reporting.ablation.tables import (
    factor_table,
    figure_rows,
    overview_table,
    provenance,
    reading,
)
from anomaly_fas.reporting.tables import markdown_rows, write_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from anomaly_fas.reporting.ablation.arms import Placed
    from anomaly_fas.reporting.ablation.factor import Factor
    from anomaly_fas.reporting.ablation.figures import ArmFigures


@dataclass(frozen=True)
class FactorReport:
    """A study of factors, ready to be written.

    Attributes:
        study: its name.
        placed: its runs.
        found: the figures of every level.
        replicates: of the bootstrap.
    """

    study: str
    placed: Placed
    found: Sequence[ArmFigures]
    replicates: int

    def write(self, folder: Path) -> Path:
        """Write `README.md`, `figures.csv`, and a table and a picture a factor.

        Returns:
            The page.

        Raises:
            RunError: a file cannot be written.
        """
        for factor in self._factors:
            own = self._of(factor)
            write_table(factor_table(factor, own, self.replicates), folder)
            save(factor_picture(factor, own), folder / f"{factor.name}.png")
        if any(one.differences for one in self.found):
            write_table(overview_table(self.found, self.replicates), folder)
            save(overview_picture(self.found), folder / "overview.png")
        write_text(folder / "figures.csv", figure_rows(self.found).to_csv(index=False))
        page = folder / "README.md"
        write_text(page, self._page())
        return page

    @property
    def _factors(self) -> list[Factor]:
        return list({one.arm.factor.name: one.arm.factor for one in self.found}.values())

    def _of(self, factor: Factor) -> list[ArmFigures]:
        return [one for one in self.found if one.arm.factor.name == factor.name]

    def _page(self) -> str:
        parts = [f"# Factors of the study `{self.study}`", provenance(self.found), *self._gaps()]
        if any(one.differences for one in self.found):
            table = overview_table(self.found, self.replicates)
            parts += [f"![{table.title}](overview.png)", markdown_rows(table), *self._counts()]
        parts.append(reading(self.replicates))
        for factor in self._factors:
            own = self._of(factor)
            table = factor_table(factor, own, self.replicates)
            picture = f"![{table.title}]({factor.name}.png)"
            parts += [f"## {table.title}", picture, markdown_rows(table), provenance(own)]
        return "\n\n".join(parts) + "\n"

    def _gaps(self) -> list[str]:
        """What is missing, what rests on little, and what is there and has no place."""
        gaps = []
        single = [
            f"{one.arm.factor.named(one.arm.level)}, {one.arm.column.title}"
            for one in self.found
            if len(one.compared) == 1
        ]
        if single:
            gaps.append(
                f"**One seed**: {'; '.join(single)}. A difference may be that of the seed and not "
                "of the level."
            )
        for title, names in (
            ("**Missing**: not run, or not finished.", self.placed.missing),
            ("**Left out**: differ from the base in more than one factor.", self.placed.elsewhere),
        ):
            if names:
                gaps.append("\n".join([title, "", *(f"- {name}" for name in names)]))
        return gaps

    def _counts(self) -> list[str]:
        """How many differences are beyond chance, and how many would be by chance."""
        counts = []
        for figure in FIGURES:
            differences = [
                one.differences[figure]
                for one in self.found
                if one.differences and one.arm.level not in one.arm.factor.borrowed
            ]
            known = [own for own in differences if own.interval is not None]
            beyond = sum(own.excludes_zero for own in known)
            name = f"{figure.split} {figure.name.upper()}"
            counts.append(
                f"Differences in {name} to the base: {len(known)}, of which {beyond} with an "
                f"interval that leaves out 0; were there none in truth, about "
                f"{len(known) / 20:.0f} would have one."
            )
        return ["\n".join(f"- {line}" for line in counts)]
