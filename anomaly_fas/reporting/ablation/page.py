"""Writes what a study of factors says: a page, tables, pictures and all figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from anomaly_fas.files import write_text
from anomaly_fas.metrics.analysis import HEADLINE
from anomaly_fas.plots.style import save
from anomaly_fas.reporting.ablation.figures import FIGURES
from anomaly_fas.reporting.ablation.pictures import factor_picture, overview_picture
from anomaly_fas.reporting.ablation.tables import factor_table, figure_rows, overview_table
from anomaly_fas.reporting.compare.page import ONE_SEED, bullets, listed
from anomaly_fas.reporting.study import provenance
from anomaly_fas.reporting.tables import csv_text, markdown_rows, write_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from anomaly_fas.reporting.ablation.arms import Placed
    from anomaly_fas.reporting.ablation.figures import ArmFigures


@dataclass(frozen=True)
class FactorReport:
    """A study of factors, ready to be written.

    Attributes:
        study: its name.
        placed: its runs.
        entries: the figures of every level.
        replicates: number of bootstrap replicates.
    """

    study: str
    placed: Placed
    entries: Sequence[ArmFigures]
    replicates: int

    def write(self, folder: Path) -> Path:
        """Write `README.md`, `figures.csv`, and a table and a picture for each factor.

        Returns:
            The page.

        Raises:
            RunError: a file cannot be written.
        """
        how = reading(self.replicates)
        note = f"{how} {_provenance(self.entries)}"
        parts = [f"# Factors of the study `{self.study}`", _provenance(self.entries), *self._gaps()]
        if any(entry.differences for entry in self.entries):
            table = overview_table(self.entries, note)
            write_table(table, folder)
            save(overview_picture(self.entries), folder / "overview.png")
            parts += [f"![{table.title}](overview.png)", markdown_rows(table), self._counts()]
        parts.append(how)
        for factor in {entry.arm.factor.name: entry.arm.factor for entry in self.entries}.values():
            levels = [entry for entry in self.entries if entry.arm.factor.name == factor.name]
            table = factor_table(factor, levels, f"{how} {_provenance(levels)}")
            write_table(table, folder)
            save(factor_picture(factor, levels), folder / f"{factor.name}.png")
            picture = f"![{table.title}]({factor.name}.png)"
            parts += [f"## {table.title}", picture, markdown_rows(table), _provenance(levels)]
        write_text(folder / "figures.csv", csv_text(figure_rows(self.entries)))
        page = folder / "README.md"
        write_text(page, "\n\n".join(parts) + "\n")
        return page

    def _gaps(self) -> list[str]:
        """What is missing, what rests on a single seed, and what has no place."""
        single = [
            f"{entry.arm.column.title}: {entry.arm.factor.named(entry.arm.level)}"
            for entry in self.entries
            if len(entry.compared) == 1
        ]
        return [
            *listed("**Missing**: not run, or not finished.", self.placed.missing),
            *listed(ONE_SEED, single),
            *listed(
                "**Left out**: differ from the base in more than one factor.",
                self.placed.elsewhere,
            ),
        ]

    def _counts(self) -> str:
        """How many differences are beyond chance, and how many would be by chance."""
        compared = [
            entry
            for entry in self.entries
            if entry.differences and entry.arm.level not in entry.arm.factor.borrowed
        ]
        lines = []
        for figure in FIGURES:
            differences = [entry.differences[figure] for entry in compared]
            number = sum(difference.interval is not None for difference in differences)
            beyond = sum(difference.excludes_zero for difference in differences)
            lines.append(
                f"Differences in {figure.split} {figure.name.upper()} to the base: {number}, of "
                f"which {beyond} with an interval that leaves out 0; were there none in truth, "
                f"about {number / 20:.0f} would have one."
            )
        return bullets(lines)


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


def _provenance(entries: Sequence[ArmFigures]) -> str:
    return provenance(file.facts for entry in entries for file in entry.arm.files.values())
