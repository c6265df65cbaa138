"""The tables of one protocol: figures, operating points, thresholds, differences, provenance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from anomaly_fas.metrics.groups import BREAKDOWNS, Part
from anomaly_fas.reporting.cells import bounds
from anomaly_fas.reporting.report.entry_cells import cell_of, figures_of, words
from anomaly_fas.reporting.report.part_tables import (
    INTERVALS,
    part_table,
    species_table,
    subject_table,
)
from anomaly_fas.reporting.run_facts import distinct, short_commit
from anomaly_fas.reporting.tables import ABSENT, Cell, Table
from anomaly_fas.types import Label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anomaly_fas.reporting.report.comparison import Comparison
    from anomaly_fas.reporting.report.entries import Entry

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


def protocol_tables(
    prefix: str, entries: Sequence[Entry], comparisons: Sequence[Comparison]
) -> list[Table]:
    """The tables of one protocol, those without rows left out.

    Args:
        prefix: of their names.
        entries: of the protocol.
        comparisons: of its entries.
    """
    made = [
        _headline(prefix, entries),
        species_table(prefix, entries),
        _points(prefix, entries),
        _thresholds(prefix, entries),
        *(part_table(prefix, entries, column) for column in BREAKDOWNS),
        subject_table(prefix, entries),
        _comparisons(prefix, comparisons),
        provenance(prefix, entries),
    ]
    return [table for table in made if table.rows]


def provenance(prefix: str, entries: Sequence[Entry]) -> Table:
    """Where the numbers of each entry come from."""
    rows = []
    for entry in entries:
        facts = [file.facts for file in entry.files]
        run = entry.runs[0]
        counts = [
            " + ".join(str(int((rows["label"] == label).sum())) for label in Label)
            for rows in (run.devel, run.test)
        ]
        rows.append(
            (
                Cell(entry.name),
                Cell(entry.column.data_kind),
                Cell(", ".join(str(seed) for seed in entry.seeds)),
                Cell(", ".join(distinct(own.config_hash for own in facts)) or ABSENT),
                Cell(", ".join(distinct(short_commit(own.commit) for own in facts))),
                Cell(", ".join(distinct(own.version for own in facts)) or ABSENT),
                *(Cell(count) for count in counts),
            )
        )
    return Table(
        f"{prefix}_provenance",
        "Where the numbers come from",
        (
            "method", "data", "seeds", "config", "commit", "version",
            "devel (bona fide + attack)", "test (bona fide + attack)",
        ),
        tuple(rows),
        "A commit with + had uncommitted changes.",
    )  # fmt: skip


def _headline(prefix: str, entries: Sequence[Entry]) -> Table:
    known = [
        name for name in _HEADLINE if any(name in figures_of(entry, Part()) for entry in entries)
    ]
    rows = tuple(
        (
            Cell(entry.name),
            *(cell_of(entry, entry.evaluation.headline, Part(), name) for name in known),
            Cell(_worst(entry)),
        )
        for entry in entries
    )
    return Table(
        f"{prefix}_figures",
        "Figures on test",
        ("method", *(f"{_HEADLINE[name]} (%)" for name in known), "worst species"),
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
    rows = tuple(
        (
            Cell(entry.name),
            *(cell_of(entry, entry.evaluation.headline, Part(), name) for name in _POINTS),
        )
        for entry in entries
    )
    return Table(
        f"{prefix}_operating_points",
        "Operating points on test",
        ("method", *(f"{title} (%)" for title in _POINTS.values())),
        rows,
        "BPCER10, BPCER20 and BPCER100: the smallest BPCER at which no PAI species' APCER exceeds "
        "10, 5 and 1 %; and the smallest APCER of the worst species at a BPCER of at most so much. "
        "TPR at FPR 1 %: the largest share of bona fide samples accepted where at most 1 % of all "
        "attacks are. "
        f"They are read off test itself. {INTERVALS}",
    )


def _thresholds(prefix: str, entries: Sequence[Entry]) -> Table:
    rows = []
    for entry in entries:
        known = entry.evaluation.thresholds
        for name, values in sorted(known.items(), key=lambda item: _order(item[0])):
            shown = ", ".join(f"{value:.4g}" for value in values)
            cells = [cell_of(entry, name, Part(), figure) for figure in ("apcer", "bpcer", "acer")]
            rows.append((Cell(entry.name), Cell(_THRESHOLDS.get(name, name)), Cell(shown), *cells))
    return Table(
        f"{prefix}_thresholds",
        "Thresholds, and test figures at each",
        ("method", "threshold", "value", "APCER (%)", "BPCER (%)", "ACER (%)"),
        tuple(rows),
        "A sample is called an attack if its score is at or above the threshold. Thresholds are "
        "taken on devel and applied unchanged to test; one value a seed.",
    )


def _order(threshold: str) -> int:
    known = [*_THRESHOLDS]
    return known.index(threshold) if threshold in known else len(known)


def _comparisons(prefix: str, comparisons: Sequence[Comparison]) -> Table:
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
    return Table(
        f"{prefix}_differences",
        "Differences between methods on the same samples",
        ("methods", *(f"{_HEADLINE[name]} (points)" for name in names)),
        rows,
        "Percentage points; below 0 the first method errs less. Both methods are evaluated on the "
        "same replicates. p is two-sided, not corrected for the number of comparisons, and "
        "says nothing of other seeds: it is of these trained networks on other subjects.",
    )
