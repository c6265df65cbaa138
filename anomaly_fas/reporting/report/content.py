"""Everything a report says, as plain values: what `metrics.json` of a report holds."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from anomaly_fas.metrics.groups import Part
from anomaly_fas.metrics.intervals import LEVEL
from anomaly_fas.types import Label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anomaly_fas.metrics.evaluation import EvaluatedFigure
    from anomaly_fas.metrics.scored_run import ScoredRun
    from anomaly_fas.reporting.report.comparison import Comparison
    from anomaly_fas.reporting.report.entries import Entry, Settings

ALL = "all"
"""Name of the part that is all test samples."""


def report_content(
    title: str, entries: Sequence[Entry], comparisons: Sequence[Comparison], settings: Settings
) -> dict[str, Any]:
    """The figures of every entry, fractions, with where they come from.

    Returns:
        `title`, `settings`, `entries` (by `entry_key`: facts, samples, thresholds, remarks, the
        figures on devel, and `figures` by threshold, part and name, each with value, spread,
        bootstrap and binomial interval, errors and samples) and `comparisons`.
    """
    return {
        "title": title,
        "settings": asdict(settings) | {"confidence_level": LEVEL},
        "entries": {entry_key(entry): _entry(entry) for entry in entries},
        "comparisons": [comparison.content for comparison in comparisons],
    }


def entry_key(entry: Entry) -> str:
    """Name of an entry within a report."""
    column = entry.column
    return f"{column.protocol}-{column.lists}-{column.data_kind}/{entry.name}"


def part_key(part: Part) -> str:
    """Name of a part of the data."""
    return ALL if part == Part() else f"{part.column}={part.value}"


def _entry(entry: Entry) -> dict[str, Any]:
    evaluation = entry.evaluation
    return {
        "protocol": entry.column.protocol,
        "lists": entry.column.lists,
        "data_kind": entry.column.data_kind,
        "method": entry.method,
        "scorer": entry.scorer,
        "seeds": list(entry.seeds),
        "config_hashes": [file.facts.config_hash for file in entry.files],
        "commits": [file.facts.commit for file in entry.files],
        "versions": [file.facts.version for file in entry.files],
        "samples": _samples(entry.runs[0]),
        "headline": evaluation.headline,
        "thresholds": {name: list(values) for name, values in evaluation.thresholds.items()},
        "worst": evaluation.worst,
        "remarks": list(entry.remarks),
        "devel": evaluation.devel,
        "figures": {
            threshold: {
                part_key(part): {name: _estimate(own) for name, own in names.items()}
                for part, names in by_part.items()
            }
            for threshold, by_part in evaluation.figures.items()
        },
    }


def _samples(run: ScoredRun) -> dict[str, dict[str, int]]:
    return {
        split: {label: int((rows["label"] == label).sum()) for label in Label}
        for split, rows in (("devel", run.devel), ("test", run.test))
    }


def _estimate(estimate: EvaluatedFigure) -> dict[str, Any]:
    found: dict[str, Any] = {"value": estimate.value}
    if estimate.spread is not None:
        found["spread"] = estimate.spread
    if estimate.bootstrap is not None:
        found["bootstrap"] = list(estimate.bootstrap)
    if estimate.count is not None and estimate.binomial is not None:
        found |= asdict(estimate.count) | {"binomial": list(estimate.binomial)}
    return found
