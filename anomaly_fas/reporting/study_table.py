"""The table of a study: methods down, protocols across, mean and spread over seeds."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean, stdev
from typing import Any, Final

import pandas as pd

from anomaly_fas.files import write_text
from anomaly_fas.metrics.analysis import HEADLINE, error_figures
from anomaly_fas.reporting.published import PublishedResult
from anomaly_fas.reporting.study import Column, RunFacts, ScoreFile, provenance, row_names
from anomaly_fas.reporting.tables import (
    ABSENT,
    Cell,
    Table,
    csv_text,
    figure_cell,
    percent,
    render,
    write_table,
)
from anomaly_fas.types import DataKind, Split

FIGURES: Final = ("acer", "apcer", "bpcer", "acer_fine", "hter", "eer", "auc", "tpr_at_fpr_1")
"""Figures of the long form, fractions."""

CAPTION: Final = (
    "ACER (APCER / BPCER) on test in percent. The threshold is that of equal error rates on devel; "
    "APCER is that of the worst coarse PAI species. The lowest ACER of a column is bold."
)


@dataclass(frozen=True)
class Result:
    """Test figures of one scorer of one run, at the threshold of equal error rates on devel."""

    facts: RunFacts
    scorer: str
    figures: Mapping[str, float]


@dataclass(frozen=True)
class StudyTable:
    """A study's table of ACER (APCER / BPCER), and one row per method and protocol behind it."""

    study: str
    table: Table
    long: pd.DataFrame

    def write(self, folder: Path) -> list[Path]:
        """Write `table.md`, `table.csv` (the long form), `table.tex` and `table.html`.

        Raises:
            RunError: a file cannot be written.
        """
        paths = [folder / f"table.{suffix}" for suffix in ("md", "csv", "tex", "html")]
        write_table(self.table, folder)
        write_text(folder / "table.csv", csv_text(self.long))
        page = render("study.html", title=self.study, table=self.table)
        write_text(folder / "table.html", page)
        return paths


def results(files: Sequence[ScoreFile]) -> list[Result]:
    """Compute the figures of every scorer of every run."""
    return [
        Result(
            facts=file.facts,
            scorer=scorer,
            figures=error_figures(
                file.table.of(scorer, Split.TEST),
                file.table.facts["thresholds"][scorer][HEADLINE],
            ),
        )
        for file in files
        for scorer in file.table.scorers
    ]


def study_table(
    study: str, results: Sequence[Result], published: Sequence[PublishedResult] = ()
) -> StudyTable:
    """Tabulate results; published figures under the same protocols have columns of their own."""
    names = row_names([(result.facts, result.scorer) for result in results])
    groups: dict[tuple[str, Column], list[Result]] = defaultdict(list)
    for result, name in zip(results, names, strict=True):
        groups[name, Column.of(result.facts)].append(result)
    measured = {key: _measured(key[1], group) for key, group in groups.items()}
    others = {
        (other.name, other.column): {
            "method": other.name,
            **other.column.labels,
            "source": other.column.source,
            **{figure: other.figures.get(figure) for figure in FIGURES},
        }
        for other in published
    }
    summaries = measured | others
    columns = sorted({column for _, column in summaries}, key=lambda column: column.order)
    rows = [
        *sorted(
            {row for row, _ in measured}, key=lambda row: (not row.startswith("objective "), row)
        ),
        *dict.fromkeys(row for row, _ in others),
    ]
    lowest = {
        column: min(own["acer"] for (_, other), own in summaries.items() if other == column)
        for column in columns
        if column.data_kind != DataKind.PUBLISHED  # rules that differ are not compared
    }
    cells = {key: _cell(own, lowest.get(key[1])) for key, own in summaries.items()}
    facts = [result.facts for result in results]
    texts = [
        {
            "method": row,
            **{f"{c.title}\n({c.data_kind})": cells.get((row, c), ABSENT) for c in columns},
        }
        for row in rows
    ]
    notes = [CAPTION, provenance(facts), *dict.fromkeys(other.note for other in published)]
    table = Table.of("table", "", texts, "\n".join(notes))
    long = pd.DataFrame([*measured.values()]).sort_values(["protocol", "method", "scorer"])
    long = pd.concat([long, pd.DataFrame([*others.values()])], ignore_index=True)
    return StudyTable(study, table, long)


def _cell(summary: Mapping[str, Any], lowest: float | None) -> Cell:
    acer = figure_cell(summary["acer"], spread=summary.get("acer_std"))
    rates = (summary[name] for name in ("apcer", "bpcer"))
    apcer, bpcer = (ABSENT if rate is None else percent(rate) for rate in rates)
    is_best = summary["acer"] == lowest
    return replace(acer, detail=f"({apcer} / {bpcer})", is_bold=is_best)


def _measured(column: Column, group: Sequence[Result]) -> dict[str, Any]:
    """Make the row of the long form of a method under a protocol."""
    row: dict[str, Any] = {
        "method": group[0].facts.method,
        "scorer": group[0].scorer,
        **column.labels,
        "source": column.source,
        "seeds": " ".join(str(result.facts.seed) for result in group),
    }
    for figure in FIGURES:
        values = [r.figures[figure] for r in group if figure in r.figures]
        row[figure] = fmean(values) if values else None
        row[f"{figure}_std"] = stdev(values) if len(values) > 1 else None
    row["config_hashes"] = " ".join(sorted({result.facts.config_hash for result in group}))
    row["commits"] = " ".join(sorted({result.facts.commit for result in group}))
    return row
