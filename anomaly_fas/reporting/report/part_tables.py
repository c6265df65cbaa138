"""Tables of the groups of one protocol: species and types, parts of the data, subjects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from anomaly_fas.metrics.evaluation import DIFFERENCE
from anomaly_fas.metrics.groups import DEMOGRAPHIC, POOLED, Part
from anomaly_fas.reporting.report.entry_cells import (
    cell_of,
    estimate_cell,
    exact_cell,
    figure_key,
    figures_of,
    words,
)
from anomaly_fas.reporting.tables import Cell, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anomaly_fas.reporting.report.entries import Entry

INTERVALS: Final = (
    "In brackets: 95 % interval by a bootstrap over whole subjects within each dataset, bias-"
    "corrected, the threshold taken afresh on devel in each replicate."
)
"""What all tables with intervals say of them."""

_GROUPINGS: Final = {"apcer": "coarse", "apcer_fine": "fine", "apcer_type": "PAI type"}
_PART: Final = {"bpcer": "BPCER", "apcer": "APCER", POOLED: "APCER, pooled", "acer": "ACER"}
_WORST_SUBJECTS: Final = 20


def species_table(prefix: str, entries: Sequence[Entry]) -> Table:
    """APCER of each species and type, with both intervals."""
    names = dict.fromkeys(
        name for entry in entries for name in figures_of(entry, Part()) if _is_species(name)
    )
    several = len(entries) > 1
    rows = []
    for name in names:
        grouping, species = name.split("/")
        cells: list[Cell] = []
        for entry in entries:
            headline = entry.evaluation.headline
            own = figures_of(entry, Part()).get(name)
            key = figure_key(entry, headline, Part(), name)
            cells += [estimate_cell(own, key), exact_cell(own, f"{key}/binomial")]
        rows.append((Cell(words(species)), Cell(_GROUPINGS[grouping]), *cells))
    header = ["species", "grouping"]
    for entry in entries:
        suffix = f", {entry.name}" if several else ""
        header += [f"APCER (%){suffix}", f"exact{suffix}"]
    return Table(
        f"{prefix}_species",
        "APCER by PAI species and type",
        tuple(header),
        tuple(rows),
        f"{INTERVALS} Exact: 95 % binomial interval of Clopper and Pearson, which assumes "
        "independent samples, with errors and samples (over seeds, the mean errors).",
    )


def part_table(prefix: str, entries: Sequence[Entry], column: str) -> Table:
    """The figures of each part of the data that a column makes."""
    rows = []
    for entry in entries:
        headline = entry.evaluation.headline
        parts = [part for part in entry.evaluation.figures[headline] if part.column == column]
        for part in sorted(parts, key=lambda part: (part.value == DIFFERENCE, part.value)):
            own = figures_of(entry, part)
            samples = [own[name].count for name in ("bpcer", POOLED) if name in own]
            rows.append(
                (
                    Cell(entry.name),
                    Cell("largest difference" if part.value == DIFFERENCE else words(part.value)),
                    *(cell_of(entry, headline, part, name) for name in _PART),
                    exact_cell(
                        own.get("bpcer"), f"{figure_key(entry, headline, part, 'bpcer')}/binomial"
                    ),
                    Cell(str(sum(count.samples for count in samples if count))),
                )
            )
    return Table(
        f"{prefix}_by_{column}",
        f"By {words(column)}",
        ("method", words(column), *(f"{title} (%)" for title in _PART.values()),
         "BPCER, exact", "samples"),
        tuple(rows),
        f"At the headline threshold; samples of unknown {words(column)} are left out. "
        + INTERVALS
        + (
            " Largest difference: between the two groups that differ most, which makes it too "
            "large where there are more than two."
            if column in DEMOGRAPHIC
            else ""
        ),
    )  # fmt: skip


def subject_table(prefix: str, entries: Sequence[Entry]) -> Table:
    """The subjects with most errors."""
    rows = []
    for entry in entries:
        found = []
        for part, own in entry.evaluation.figures[entry.evaluation.headline].items():
            counts = [own[name].count for name in ("bpcer", POOLED) if name in own]
            errors = sum(count.errors for count in counts if count)
            if part.column == "subject" and errors:
                found.append((errors, part, sum(count.samples for count in counts if count)))
        found.sort(key=lambda one: (-one[0], one[1].value))
        rows += [
            (
                Cell(entry.name),
                Cell(part.value),
                Cell(str(errors), errors),
                Cell(str(samples), samples),
                *(cell_of(entry, entry.evaluation.headline, part, n) for n in ("bpcer", POOLED)),
            )
            for errors, part, samples in found[:_WORST_SUBJECTS]
        ]
    return Table(
        f"{prefix}_by_subject",
        "By subject",
        ("method", "subject", "errors", "samples", "BPCER (%)", "APCER, pooled (%)"),
        tuple(rows),
        f"The {_WORST_SUBJECTS} known subjects with most errors of each method; all are in "
        "figures.csv.",
    )


def _is_species(name: str) -> bool:
    return name.split("/", maxsplit=1)[0] in _GROUPINGS and "/" in name
