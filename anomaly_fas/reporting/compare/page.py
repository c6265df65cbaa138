"""Writes what a comparison of methods says: a page, pictures, tables and all figures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Final

from anomaly_fas.files import write_text
from anomaly_fas.plots.style import save
from anomaly_fas.reporting.compare.pictures import difference_picture, eer_picture
from anomaly_fas.reporting.compare.rows import difference_rows, figure_rows
from anomaly_fas.reporting.compare.tables import (
    method_table,
    protocol_table,
    provenance,
    reference_table,
    scorer_table,
)
from anomaly_fas.reporting.tables import csv_text, markdown, write_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from anomaly_fas.reporting.compare.figures import BlockFigures
    from anomaly_fas.reporting.compare.scorer_matrix import Matrix
    from anomaly_fas.reporting.tables import Table

FEW: Final = 30
"""Subjects below which the page warns of coarse intervals."""


ONE_SEED: Final = "**One seed**: a difference may be that of the seed and not of what is compared."
"""Warning of figures that rest on a single seed."""


@dataclass(frozen=True)
class CompareReport:
    """A comparison, ready to be written.

    Attributes:
        study: its name.
        found: every block, judged.
        matrices: EER of every scorer, a block each; empty if not asked for.
        missing: runs that are not there, in words.
        reference: method that all are compared with; None for none.
        replicates: of the bootstrap.
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
        tables = [self._tables(number) for number in range(len(self.found))]
        for table in chain.from_iterable(tables):
            write_table(table, folder / "tables")
        save(eer_picture(self.found), folder / "eer.png")
        if self._with_reference:
            assert self.reference is not None
            picture = difference_picture(self._with_reference, self.reference)
            save(picture, folder / "differences.png")
        for name, rows in (
            ("figures", figure_rows(self.found)),
            ("differences", difference_rows(self.found)),
        ):
            write_text(folder / f"{name}.csv", csv_text(rows))
        write_text(folder / "compare.md", self._page(tables))
        return folder / "compare.md"

    @property
    def _with_reference(self) -> list[BlockFigures]:
        return [judged for judged in self.found if judged.to_reference]

    def _tables(self, number: int) -> list[Table]:
        judged = self.found[number]
        tables = [method_table(judged)]
        if judged.to_reference:
            tables.append(reference_table(judged))
        if len(judged.block.protocols) > 1:
            tables.append(protocol_table(judged))
        if self.matrices:
            tables.append(scorer_table(judged, self.matrices[number]))
        return tables

    def _page(self, tables: Sequence[Sequence[Table]]) -> str:
        parts = [f"# Methods of the study `{self.study}`", "![EER of every method](eer.png)"]
        if self._with_reference:
            parts.append(f"![Differences to {self.reference}](differences.png)")
        parts += listed("**Missing**: not run, or not finished.", self.missing)
        for judged, of_block in zip(self.found, tables, strict=True):
            parts += [f"## {judged.block.title}", provenance(judged), *_warnings(judged)]
            for table in of_block:  # their note stands above all of them
                parts.append(markdown(replace(table, note="")).rstrip())
        parts += ["## How to read it", reading(self.replicates)]
        return "\n\n".join(parts) + "\n"


def listed(title: str, names: Sequence[str]) -> list[str]:
    """A title with a list of names below it; nothing for no names."""
    return [f"{title}\n\n{bullets(names)}"] if names else []


def bullets(lines: Iterable[str]) -> str:
    """A list in Markdown."""
    return "\n".join(f"- {line}" for line in lines)


def reading(replicates: int) -> str:
    """What the numbers, intervals and tests are."""
    return bullets(
        (
            "Percent, on test. A run's first scorer decides. EER is where pooled APCER and BPCER "
            "of test meet; ACER is the mean of BPCER and the APCER of the worst coarse PAI species "
            "at the threshold of equal error rates on devel; AUC is the area under the ROC, more "
            "being better.",
            "Protocols of a family, such as folds and train sessions, the species of "
            "`unseen_attack` or the datasets of `cross_dataset`, each train a network of their own "
            "and have a test set of their own. Scores of different networks are on different "
            "scales and are never pooled: a seed's figure is the mean over protocols of each "
            "protocol's figure, and a method's is the mean over seeds.",
            "A table compares methods that all have a run for each of its protocols and seeds. "
            "Where some have more seeds than others there are several: all methods on the seeds "
            "that all have, and those few on all of theirs.",
            "In brackets 95 % intervals by Student's t. Their variance is that of the seeds "
            "divided by their number, plus that of subjects: "
            f"{replicates} bootstrap replicates draw whole subjects within each test set, the same "
            "for all methods and for all protocols that test them, and of devel apart, where each "
            "replicate takes the threshold afresh; times n / (n − test sets without common "
            "subjects), n being the number of subjects, as drawing n of n makes it too small. "
            "Degrees of freedom are Satterthwaite's. With a single seed they speak for other "
            "subjects alone, not for other seeds; they never speak for other datasets. Where no "
            "replicate differs, as of an EER of 0, there is none.",
            "Δ is in percentage points, with the same draws, subjects and seeds on both sides; "
            "relative EER is the ratio less 1, with Fieller's interval: it leaves out 0 where that "
            "of the difference does, no correction made, and is left out where the reference's EER "
            "is too unsure for one. p: two-sided, that there is no difference, after Holm's "
            "correction over all methods of the table, for each figure by itself; * marks "
            "p < 0.05. Intervals are not corrected, so one may leave out 0 where p is above 0.05.",
            "`first` is the lowest EER, `tied` a method whose EER is not shown to differ from it "
            "after correction (p at least 0.05), `behind` one that is. Which is first was seen on "
            "the same test samples, so that its figure flatters, and this correction is over all "
            "pairs of methods. Tied does not mean equal.",
        )
    )


def _warnings(judged: BlockFigures) -> list[str]:
    clusters, warnings = judged.clusters, []
    if clusters.freedom < 1:
        warnings.append(
            "**No intervals**: each test set has one subject alone, which says nothing of others."
        )
    elif clusters.number < FEW:
        warnings.append(
            f"**Few subjects**: the intervals rest on {clusters.number} of them with "
            f"{clusters.freedom} degrees of freedom. A bootstrap over so few is coarse, and only "
            "large differences can be shown."
        )
    if len(judged.block.seeds) == 1:
        warnings.append(ONE_SEED)
    return warnings
