"""Tables of the groups of one protocol: species and types, parts of the data, subjects."""

from collections.abc import Sequence
from typing import Final

from anomaly_fas.metrics.evaluation import DIFFERENCE
from anomaly_fas.metrics.groups import DEMOGRAPHIC, POOLED, Count, Part
from anomaly_fas.reporting.report.entries import Entry
from anomaly_fas.reporting.tables import Cell, Table

INTERVALS: Final = (
    "In brackets: 95 % interval by a bootstrap over whole subjects within each dataset, bias-"
    "corrected, the threshold taken afresh on devel in each replicate."
)
"""Note of all tables with intervals."""

_GROUPINGS: Final = {"apcer": "coarse", "apcer_fine": "fine", "apcer_type": "PAI type"}
_PART: Final = {"bpcer": "BPCER", "apcer": "APCER", POOLED: "APCER, pooled", "acer": "ACER"}
_WORST_SUBJECTS: Final = 20


def species_table(prefix: str, entries: Sequence[Entry]) -> Table:
    """Tabulate APCER of each species and type, with both intervals."""
    rows: list[dict[str, object]] = []
    for name in dict.fromkeys(name for entry in entries for name in entry.figures()):
        grouping, _, species = name.partition("/")
        if grouping not in _GROUPINGS or not species:
            continue
        row: dict[str, object] = {
            "species": words(species),
            "grouping": _GROUPINGS[grouping],
        }
        for entry in entries:
            suffix = f", {entry.name}" if len(entries) > 1 else ""
            row[f"APCER (%){suffix}"] = entry.cell(name)
            row[f"exact{suffix}"] = entry.exact_cell(name)
        rows.append(row)
    return Table.of(
        f"{prefix}_species",
        "APCER by PAI species and type",
        rows,
        f"{INTERVALS} Exact: 95 % binomial interval of Clopper and Pearson, which assumes "
        "independent samples, with errors and samples (over seeds, the mean errors).",
    )


def part_table(prefix: str, entries: Sequence[Entry], column: str) -> Table:
    """Tabulate the figures of each part of the data: the values of a score table's column."""
    rows = [
        {
            "method": entry.name,
            words(column): (
                "largest difference" if part.value == DIFFERENCE else words(part.value)
            ),
            **{f"{title} (%)": entry.cell(name, part) for name, title in _PART.items()},
            "BPCER, exact": entry.exact_cell("bpcer", part),
            "samples": sum(count.samples for count in _counts(entry, part)),
        }
        for entry in entries
        for part in sorted(_parts(entry, column), key=lambda p: (p.value == DIFFERENCE, p.value))
    ]
    notes = [
        f"At the headline threshold; samples of unknown {words(column)} are left out. {INTERVALS}"
    ]
    if column in DEMOGRAPHIC:
        notes.append(
            "Largest difference: between the two groups that differ most, which makes it too "
            "large where there are more than two."
        )
    return Table.of(f"{prefix}_by_{column}", f"By {words(column)}", rows, " ".join(notes))


def subject_table(prefix: str, entries: Sequence[Entry]) -> Table:
    """Tabulate the subjects with most errors."""
    rows: list[dict[str, object]] = []
    for entry in entries:
        errors = {
            part: sum(count.errors for count in _counts(entry, part))
            for part in _parts(entry, "subject")
        }
        worst = sorted(filter(errors.get, errors), key=lambda part: (-errors[part], part.value))
        for part in worst[:_WORST_SUBJECTS]:
            samples = sum(count.samples for count in _counts(entry, part))
            rows.append(
                {
                    "method": entry.name,
                    "subject": part.value,
                    "errors": Cell(str(errors[part]), errors[part]),
                    "samples": Cell(str(samples), samples),
                    "BPCER (%)": entry.cell("bpcer", part),
                    "APCER, pooled (%)": entry.cell(POOLED, part),
                }
            )
    return Table.of(
        f"{prefix}_by_subject",
        "By subject",
        rows,
        f"The {_WORST_SUBJECTS} known subjects with most errors of each method; all are in "
        "figures.csv.",
    )


def words(name: str) -> str:
    """Replace the underscores of a name by spaces."""
    return name.replace("_", " ")


def _parts(entry: Entry, column: str) -> list[Part]:
    figures = entry.evaluation.figures[entry.evaluation.headline]
    return [part for part in figures if part.column == column]


def _counts(entry: Entry, part: Part) -> list[Count]:
    """Count errors and samples of a part, bona fide and attacks."""
    figures = entry.figures(part)
    counts = [figures[name].count for name in ("bpcer", POOLED) if name in figures]
    return [count for count in counts if count is not None]
