"""Whether two methods differ on the samples that both scored."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

from anomaly_fas.metrics.differences import paired_difference
from anomaly_fas.reporting.report.entries import ALL

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from anomaly_fas.metrics.estimate import Estimate
    from anomaly_fas.reporting.report.entries import Entry

COMPARED: Final = ("acer", "apcer", "bpcer", "eer")
"""Figures that methods are compared by."""


@dataclass(frozen=True)
class Comparison:
    """Two entries of one protocol, and how their figures differ.

    Attributes:
        first: an entry.
        second: another, on the same samples.
        differences: figure to first less second.
    """

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
