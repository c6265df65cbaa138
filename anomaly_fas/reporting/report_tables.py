"""The tables of one protocol: figures, species, operating points, parts of the data, provenance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from anomaly_fas.metrics.evaluation import DIFFERENCE
from anomaly_fas.metrics.groups import BREAKDOWNS, POOLED, Part
from anomaly_fas.reporting.report_content import entry_key, part_key
from anomaly_fas.reporting.report_table import (
    ABSENT,
    Cell,
    ReportTable,
    bounds,
    estimate_cell,
    exact_cell,
)
from anomaly_fas.reporting.table import short_commit
from anomaly_fas.types import Label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anomaly_fas.metrics.evaluation import Estimate
    from anomaly_fas.reporting.comparison import Comparison
    from anomaly_fas.reporting.entries import Entry

_HEADLINE: Final = {
    "acer": "ACER",
    "apcer": "APCER",
    "bpcer": "BPCER",
    "hter": "HTER",
    "acer_weighted": "weighted ACER",
    "eer": "EER",
    "auc": "AUC",
    "acer_fine": "ACER, fine",
    "apcer_fine": "APCER, fine",
    "apcer_type": "APCER, PAI types",
    "apnrr": "APNRR",
    "bpnrr": "BPNRR",
}
_POINTS: Final = {
    "bpcer10": "BPCER10",
    "bpcer20": "BPCER20",
    "bpcer100": "BPCER100",
    "apcer_at_bpcer_10": "APCER at BPCER 10 %",
    "apcer_at_bpcer_5": "APCER at BPCER 5 %",
    "apcer_at_bpcer_1": "APCER at BPCER 1 %",
}
_THRESHOLDS: Final = {
    "eer": "equal error rates on devel",
    "bpcer_1": "BPCER 1 % on devel",
    "bpcer_5": "BPCER 5 % on devel",
    "bpcer_10": "BPCER 10 % on devel",
    "given": "given, not from devel",
}
_GROUPINGS: Final = {"apcer": "coarse", "apcer_fine": "fine", "apcer_type": "PAI type"}
_PART: Final = {"bpcer": "BPCER", "apcer": "APCER", POOLED: "APCER, pooled", "acer": "ACER"}
_WORST_SUBJECTS: Final = 20
_INTERVALS: Final = (
    "In brackets: 95 % interval by a bootstrap over whole subjects within each dataset, the "
    "threshold taken afresh on devel in each replicate."
)


def protocol_tables(
    prefix: str, entries: Sequence[Entry], comparisons: Sequence[Comparison]
) -> list[ReportTable]:
    """The tables of one protocol, those without rows left out.

    Args:
        prefix: of their names.
        entries: of the protocol.
        comparisons: of its entries.
    """
    made = [
        _headline(prefix, entries),
        _species(prefix, entries),
        _points(prefix, entries),
        _thresholds(prefix, entries),
        *(_parts(prefix, entries, column) for column in BREAKDOWNS),
        _subjects(prefix, entries),
        _comparisons(prefix, comparisons),
        provenance(prefix, entries),
    ]
    return [table for table in made if table.rows]


def provenance(prefix: str, entries: Sequence[Entry]) -> ReportTable:
    """Where the numbers of each entry come from."""
    rows = []
    for entry in entries:
        facts = [file.facts for file in entry.files]
        run = entry.runs[0]
        counts = [
            " + ".join(str(int((rows["label"] == label).sum())) for label in Label)
            for rows in (run.devel, run.test)
        ]
        commits = sorted({short_commit(own.commit) for own in facts})
        rows.append(
            (
                Cell(entry.name),
                Cell(entry.column.data_kind),
                Cell(", ".join(str(seed) for seed in entry.seeds)),
                Cell(", ".join(dict.fromkeys(own.config_hash for own in facts)) or ABSENT),
                Cell(", ".join(commits)),
                Cell(", ".join(dict.fromkeys(own.version for own in facts)) or ABSENT),
                *(Cell(count) for count in counts),
            )
        )
    return ReportTable(
        f"{prefix}_provenance",
        "Where the numbers come from",
        (
            "method", "data", "seeds", "config", "commit", "version",
            "devel (bona fide + attack)", "test (bona fide + attack)",
        ),
        tuple(rows),
        "A commit with + had uncommitted changes.",
    )  # fmt: skip


def _headline(prefix: str, entries: Sequence[Entry]) -> ReportTable:
    known = [
        name for name in _HEADLINE if any(name in _figures(entry, Part()) for entry in entries)
    ]
    rows = tuple(
        (
            Cell(entry.name),
            *(_cell(entry, entry.evaluation.headline, Part(), name) for name in known),
            Cell(_worst(entry)),
        )
        for entry in entries
    )
    return ReportTable(
        f"{prefix}_figures",
        "Figures on test",
        ("method", *(f"{_HEADLINE[name]} (%)" for name in known), "worst species"),
        rows,
        "APCER is that of the worst PAI species (coarse, fine) or type; HTER pools all attacks, "
        "which is what weighting species by their samples comes to; ACER, HTER and EER are "
        f"averages of two rates. {_INTERVALS} ± is the standard deviation over seeds.",
    )


def _worst(entry: Entry) -> str:
    worst = entry.evaluation.worst[entry.evaluation.headline]
    return ", ".join(dict.fromkeys(_words(name) for name in worst.values()))


def _species(prefix: str, entries: Sequence[Entry]) -> ReportTable:
    names = dict.fromkeys(
        name for entry in entries for name in _figures(entry, Part()) if _is_species(name)
    )
    several = len(entries) > 1
    rows = []
    for name in names:
        grouping, species = name.split("/")
        cells: list[Cell] = []
        for entry in entries:
            headline = entry.evaluation.headline
            own = _figures(entry, Part()).get(name)
            key = _key(entry, headline, Part(), name)
            cells += [estimate_cell(own, key), exact_cell(own, f"{key}/binomial")]
        rows.append((Cell(_words(species)), Cell(_GROUPINGS[grouping]), *cells))
    header = ["species", "grouping"]
    for entry in entries:
        suffix = f", {entry.name}" if several else ""
        header += [f"APCER (%){suffix}", f"exact{suffix}"]
    return ReportTable(
        f"{prefix}_species",
        "APCER by PAI species and type",
        tuple(header),
        tuple(rows),
        f"{_INTERVALS} Exact: 95 % binomial interval of Clopper and Pearson, which assumes "
        "independent samples, with errors and samples (over seeds, the mean errors).",
    )


def _points(prefix: str, entries: Sequence[Entry]) -> ReportTable:
    rows = tuple(
        (
            Cell(entry.name),
            *(_cell(entry, entry.evaluation.headline, Part(), name) for name in _POINTS),
        )
        for entry in entries
    )
    return ReportTable(
        f"{prefix}_operating_points",
        "Operating points on test",
        ("method", *(f"{title} (%)" for title in _POINTS.values())),
        rows,
        "BPCER10, BPCER20 and BPCER100: the smallest BPCER at which no PAI species' APCER exceeds "
        "10, 5 and 1 %; and the smallest APCER of the worst species at a BPCER of at most so much. "
        f"They are read off test itself. {_INTERVALS}",
    )


def _thresholds(prefix: str, entries: Sequence[Entry]) -> ReportTable:
    rows = []
    for entry in entries:
        known = entry.evaluation.thresholds
        for name, values in sorted(known.items(), key=lambda item: [*_THRESHOLDS].index(item[0])):
            shown = ", ".join(f"{value:.4g}" for value in values)
            cells = [_cell(entry, name, Part(), figure) for figure in ("apcer", "bpcer", "acer")]
            rows.append((Cell(entry.name), Cell(_THRESHOLDS.get(name, name)), Cell(shown), *cells))
    return ReportTable(
        f"{prefix}_thresholds",
        "Thresholds, and test figures at each",
        ("method", "threshold", "value", "APCER (%)", "BPCER (%)", "ACER (%)"),
        tuple(rows),
        "A sample is called an attack if its score is at or above the threshold. Thresholds are "
        "taken on devel and applied unchanged to test; one value a seed.",
    )


def _parts(prefix: str, entries: Sequence[Entry], column: str) -> ReportTable:
    rows = []
    for entry in entries:
        headline = entry.evaluation.headline
        parts = [part for part in entry.evaluation.figures[headline] if part.column == column]
        for part in sorted(parts, key=lambda part: (part.value == DIFFERENCE, part.value)):
            own = _figures(entry, part)
            samples = [own[name].count for name in ("bpcer", POOLED) if name in own]
            rows.append(
                (
                    Cell(entry.name),
                    Cell("largest difference" if part.value == DIFFERENCE else _words(part.value)),
                    *(_cell(entry, headline, part, name) for name in _PART),
                    exact_cell(
                        own.get("bpcer"), f"{_key(entry, headline, part, 'bpcer')}/binomial"
                    ),
                    Cell(str(sum(count.samples for count in samples if count))),
                )
            )
    return ReportTable(
        f"{prefix}_by_{column}",
        f"By {_words(column)}",
        ("method", _words(column), *(f"{title} (%)" for title in _PART.values()),
         "BPCER, exact", "samples"),
        tuple(rows),
        f"At the headline threshold; samples of unknown {_words(column)} are left out. "
        + _INTERVALS,
    )  # fmt: skip


def _subjects(prefix: str, entries: Sequence[Entry]) -> ReportTable:
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
                *(_cell(entry, entry.evaluation.headline, part, n) for n in ("bpcer", POOLED)),
            )
            for errors, part, samples in found[:_WORST_SUBJECTS]
        ]
    return ReportTable(
        f"{prefix}_by_subject",
        "By subject",
        ("method", "subject", "errors", "samples", "BPCER (%)", "APCER, pooled (%)"),
        tuple(rows),
        f"The {_WORST_SUBJECTS} known subjects with most errors of each method; all are in "
        "figures.csv.",
    )


def _comparisons(prefix: str, comparisons: Sequence[Comparison]) -> ReportTable:
    rows = tuple(
        (
            Cell(f"{comparison.first.name} − {comparison.second.name}"),
            *(
                Cell(
                    f"{100 * own.value:+.1f}",
                    own.value,
                    detail=f"{bounds(own.interval)} p = {own.p_value:.3f}",
                )
                for own in comparison.differences.values()
            ),
        )
        for comparison in comparisons
    )
    names = comparisons[0].differences if comparisons else ()
    return ReportTable(
        f"{prefix}_differences",
        "Differences between methods on the same samples",
        ("methods", *(f"{_HEADLINE[name]} (points)" for name in names)),
        rows,
        "Percentage points; below 0 the first method errs less. Both methods are evaluated on the "
        "same replicates. p is two-sided and not corrected for the number of comparisons.",
    )


def _figures(entry: Entry, part: Part) -> dict[str, Estimate]:
    return entry.evaluation.figures[entry.evaluation.headline].get(part, {})


def _cell(entry: Entry, threshold: str, part: Part, name: str) -> Cell:
    own = entry.evaluation.figures[threshold].get(part, {}).get(name)
    return estimate_cell(own, _key(entry, threshold, part, name))


def _key(entry: Entry, threshold: str, part: Part, name: str) -> str:
    return "|".join((entry_key(entry), threshold, part_key(part), name))


def _is_species(name: str) -> bool:
    return name.split("/", maxsplit=1)[0] in _GROUPINGS and "/" in name


def _words(name: str) -> str:
    return name.replace("_", " ")
