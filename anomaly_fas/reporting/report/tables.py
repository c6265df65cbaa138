"""The tables of a report: a summary, and figures, thresholds, differences of each protocol."""

from collections.abc import Sequence
from typing import Final

from anomaly_fas.metrics.estimate import Estimate
from anomaly_fas.metrics.groups import BREAKDOWNS
from anomaly_fas.reporting.published import PublishedResult
from anomaly_fas.reporting.report.entries import Entry
from anomaly_fas.reporting.report.figures import Comparison, class_counts
from anomaly_fas.reporting.report.group_tables import (
    INTERVALS,
    part_table,
    species_table,
    subject_table,
    words,
)
from anomaly_fas.reporting.study import distinct, short_commit
from anomaly_fas.reporting.tables import ABSENT, Cell, Table, bounds, figure_cell

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
    "tpr_at_fpr_1": "TPR at FPR 1 %",
}
_THRESHOLDS: Final = {
    "eer": "equal error rates on devel",
    "bpcer_1": "BPCER 1 % on devel",
    "bpcer_5": "BPCER 5 % on devel",
    "bpcer_10": "BPCER 10 % on devel",
    "given": "given, not from devel",
}


def summary_table(entries: Sequence[Entry], published: Sequence[PublishedResult]) -> Table:
    """Tabulate ACER of methods under protocols; published figures have columns of their own."""
    cells = {(entry.name, entry.column): entry.cell("acer") for entry in entries}
    cells |= {(own.name, own.column): figure_cell(own.figures["acer"]) for own in published}
    columns = sorted({column for _, column in cells}, key=lambda column: column.order)
    rows = [
        {
            "method": name,
            **{f"{c.title} ({c.data_kind})": cells.get((name, c), ABSENT) for c in columns},
        }
        for name in dict.fromkeys(name for name, _ in cells)
    ]
    notes = [
        "ACER on test in percent, the mean of BPCER and the APCER of the worst coarse PAI species, "
        "at the headline threshold. In brackets: 95 % bootstrap interval over subjects. Columns of "
        "different data kinds are not comparable.",
        *dict.fromkeys(own.note for own in published),
    ]
    return Table.of("summary", "ACER of every method under every protocol", rows, " ".join(notes))


def protocol_tables(
    prefix: str, entries: Sequence[Entry], comparisons: Sequence[Comparison]
) -> list[Table]:
    """Make the tables of one protocol, without empty ones; their names begin with the prefix."""
    tables = [
        _headline(prefix, entries),
        species_table(prefix, entries),
        _points(prefix, entries),
        _thresholds(prefix, entries),
        *(part_table(prefix, entries, column) for column in BREAKDOWNS),
        subject_table(prefix, entries),
        _differences(prefix, comparisons),
        _provenance(prefix, entries),
    ]
    return [table for table in tables if table.rows]


def _headline(prefix: str, entries: Sequence[Entry]) -> Table:
    names = [name for name in _HEADLINE if any(name in entry.figures() for entry in entries)]
    rows = [
        {
            "method": entry.name,
            **{f"{_HEADLINE[name]} (%)": entry.cell(name) for name in names},
            "worst species": _worst(entry),
        }
        for entry in entries
    ]
    return Table.of(
        f"{prefix}_figures",
        "Figures on test",
        rows,
        "APCER is that of the worst PAI species (coarse, fine) or type; HTER pools all attacks, "
        "which is what weighting species by their samples comes to; ACER, HTER and EER are "
        f"averages of two rates. {INTERVALS} Where several species are about equally hard, the "
        "interval of their maximum still lies somewhat too high. ± is the standard deviation over "
        "seeds.",
    )


def _worst(entry: Entry) -> str:
    worst = entry.evaluation.worst[entry.evaluation.headline]
    return ", ".join(dict.fromkeys(words(name) for name in worst.values()))


def _points(prefix: str, entries: Sequence[Entry]) -> Table:
    rows = [
        {
            "method": entry.name,
            **{f"{title} (%)": entry.cell(name) for name, title in _POINTS.items()},
        }
        for entry in entries
    ]
    return Table.of(
        f"{prefix}_operating_points",
        "Operating points on test",
        rows,
        "BPCER10, BPCER20 and BPCER100: the smallest BPCER at which no PAI species' APCER exceeds "
        "10, 5 and 1 %; and the smallest APCER of the worst species at a BPCER of at most so much. "
        "TPR at FPR 1 %: the largest share of bona fide samples accepted where at most 1 % of all "
        "attacks are. "
        f"They are read off test itself. {INTERVALS}",
    )


def _thresholds(prefix: str, entries: Sequence[Entry]) -> Table:
    order = list(_THRESHOLDS)
    rows = [
        {
            "method": entry.name,
            "threshold": _THRESHOLDS.get(name, name),
            "value": ", ".join(f"{value:.4g}" for value in entry.evaluation.thresholds[name]),
            "APCER (%)": entry.cell("apcer", threshold=name),
            "BPCER (%)": entry.cell("bpcer", threshold=name),
            "ACER (%)": entry.cell("acer", threshold=name),
        }
        for entry in entries
        for name in sorted(
            entry.evaluation.thresholds,
            key=lambda name: order.index(name) if name in order else len(order),
        )
    ]
    return Table.of(
        f"{prefix}_thresholds",
        "Thresholds, and test figures at each",
        rows,
        "A sample is called an attack if its score is at or above the threshold. Thresholds are "
        "taken on devel and applied unchanged to test; one value a seed.",
    )


def _differences(prefix: str, comparisons: Sequence[Comparison]) -> Table:
    rows = [
        {
            "methods": f"{comparison.first.name} − {comparison.second.name}",
            **{
                f"{_HEADLINE[name]} (points)": _difference_cell(own)
                for name, own in comparison.differences.items()
            },
        }
        for comparison in comparisons
    ]
    return Table.of(
        f"{prefix}_differences",
        "Differences between methods on the same samples",
        rows,
        "Percentage points; below 0 the first method errs less. Both methods are evaluated on the "
        "same replicates. p is two-sided, not corrected for the number of comparisons, and "
        "says nothing of other seeds: it is of these trained networks on other subjects.",
    )


def _difference_cell(difference: Estimate) -> Cell:
    detail = f"{bounds(difference.interval)} p = {difference.p_value:.3f}"
    return Cell(f"{100 * difference.value:+.1f}", difference.value, detail=detail)


def _provenance(prefix: str, entries: Sequence[Entry]) -> Table:
    rows = []
    for entry in entries:
        facts = [file.facts for file in entry.files]
        run = entry.runs[0]
        row = {
            "method": entry.name,
            "data": entry.column.data_kind,
            "seeds": ", ".join(map(str, entry.seeds)),
            "config": ", ".join(distinct(own.config_hash for own in facts)) or ABSENT,
            "commit": ", ".join(distinct(short_commit(own.commit) for own in facts)),
            "version": ", ".join(distinct(own.version for own in facts)) or ABSENT,
        }
        for split, samples in (("devel", run.devel), ("test", run.test)):
            counts = class_counts(samples).values()
            row[f"{split} (bona fide + attack)"] = " + ".join(map(str, counts))
        rows.append(row)
    note = "A commit with + had uncommitted changes."
    return Table.of(f"{prefix}_provenance", "Where the numbers come from", rows, note)
