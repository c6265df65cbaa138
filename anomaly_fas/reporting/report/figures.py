"""Every figure of a report and how methods differ: its `metrics.json` and `figures.csv`."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np
import pandas as pd

from anomaly_fas.metrics.differences import paired_difference
from anomaly_fas.metrics.estimate import Estimate
from anomaly_fas.metrics.evaluation import EvaluatedFigure
from anomaly_fas.metrics.intervals import LEVEL, Interval
from anomaly_fas.reporting.report.entries import ALL, Entry, Settings, part_key
from anomaly_fas.types import Label

COMPARED: Final = ("acer", "apcer", "bpcer", "eer")
"""Figures that methods are compared by."""


@dataclass(frozen=True)
class Comparison:
    """Two entries on the same samples, and each figure of the first less that of the second."""

    first: Entry
    second: Entry
    differences: dict[str, Estimate]


def comparisons(entries: Sequence[Entry]) -> list[Comparison]:
    """Compare every pair of entries that shares its replicates."""
    return [
        Comparison(first, second, _differences(first, second))
        for first, second in combinations(entries, 2)
        if first.resampling is not None and first.resampling is second.resampling
    ]


def _differences(first: Entry, second: Entry) -> dict[str, Estimate]:
    draws, other_draws = _replicates(first), _replicates(second)
    differences = {
        name: paired_difference(
            first.figures()[name].value,
            second.figures()[name].value,
            draws[name],
            other_draws[name],
        )
        for name in COMPARED
        if name in draws and name in other_draws  # else the threshold cannot be taken on devel
    }
    return {name: own for name, own in differences.items() if own is not None}


def _replicates(entry: Entry) -> dict[str, np.ndarray]:
    evaluation = entry.evaluation
    return evaluation.replicates.get(evaluation.headline, {}).get(ALL, {})


def report_content(
    title: str, entries: Sequence[Entry], comparisons: Sequence[Comparison], settings: Settings
) -> dict[str, Any]:
    """Collect the figures of every entry, fractions, with where they come from.

    Returns:
        `title`, `settings`, `entries` (by `Entry.key`: facts, samples, thresholds, remarks, the
        figures on devel, and `figures` by threshold, part and name, each with value, spread,
        bootstrap and binomial interval, errors and samples) and `comparisons`.
    """
    return {
        "title": title,
        "settings": asdict(settings) | {"confidence_level": LEVEL},
        "entries": {entry.key: _entry(entry) for entry in entries},
        "comparisons": [_comparison(comparison) for comparison in comparisons],
    }


def figure_rows(entries: Sequence[Entry]) -> pd.DataFrame:
    """List all figures, fractions: one row per entry, threshold, part of the data and figure."""
    rows = pd.DataFrame(
        {
            **entry.column.labels,
            "method": entry.method,
            "scorer": entry.scorer,
            "seeds": " ".join(map(str, entry.seeds)),
            "threshold": threshold,
            "part": part.column or "all",
            "value_of_part": part.value,
            "figure": name,
            "value": estimate.value,
            "spread": estimate.spread,
            **_bounds("bootstrap", estimate.bootstrap),
            **_bounds("binomial", estimate.binomial),
            "errors": estimate.count.errors if estimate.count else None,
            "samples": estimate.count.samples if estimate.count else None,
        }
        for entry in entries
        for threshold, by_part in entry.evaluation.figures.items()
        for part, figures in by_part.items()
        for name, estimate in figures.items()
    )
    return rows.astype({"errors": "Int64", "samples": "Int64"})


def class_counts(rows: pd.DataFrame) -> dict[str, int]:
    """Count bona fide samples and attacks."""
    return {label: int((rows["label"] == label).sum()) for label in Label}


def _entry(entry: Entry) -> dict[str, Any]:
    evaluation = entry.evaluation
    return {
        **entry.column.labels,
        "method": entry.method,
        "scorer": entry.scorer,
        "seeds": list(entry.seeds),
        "config_hashes": [file.facts.config_hash for file in entry.files],
        "commits": [file.facts.commit for file in entry.files],
        "versions": [file.facts.version for file in entry.files],
        "samples": {
            "devel": class_counts(entry.runs[0].devel),
            "test": class_counts(entry.runs[0].test),
        },
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


def _estimate(estimate: EvaluatedFigure) -> dict[str, Any]:
    plain: dict[str, Any] = {"value": estimate.value}
    if estimate.spread is not None:
        plain["spread"] = estimate.spread
    if estimate.bootstrap is not None:
        plain["bootstrap"] = list(estimate.bootstrap)
    if estimate.count is not None and estimate.binomial is not None:
        plain |= estimate.count._asdict() | {"binomial": list(estimate.binomial)}
    return plain


def _comparison(comparison: Comparison) -> dict[str, Any]:
    return {
        **comparison.first.column.labels,
        "first": comparison.first.name,
        "second": comparison.second.name,
        "differences": {
            name: {"value": own.value, "bootstrap": own.interval, "p_value": own.p_value}
            for name, own in comparison.differences.items()
        },
    }


def _bounds(name: str, interval: Interval | None) -> dict[str, float | None]:
    low, high = interval or (None, None)
    return {f"{name}_low": low, f"{name}_high": high}
