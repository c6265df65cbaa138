"""Whether two methods differ on the samples that both scored."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from anomaly_fas.metrics.bootstrap import paired_difference
from anomaly_fas.metrics.groups import Part

if TYPE_CHECKING:
    from collections.abc import Sequence

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

    @property
    def content(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "protocol": self.first.column.protocol,
            "lists": self.first.column.lists,
            "data_kind": self.first.column.data_kind,
            "first": self.first.name,
            "second": self.second.name,
            "differences": {
                name: {
                    "value": own.value,
                    "bootstrap": own.interval and list(own.interval),
                    "p_value": own.p_value,
                }
                for name, own in self.differences.items()
            },
        }


def comparisons(entries: Sequence[Entry]) -> list[Comparison]:
    """Every pair of entries that shares its replicates."""
    return [
        Comparison(first, second, _differences(first, second))
        for first, second in combinations(entries, 2)
        if first.resampling is not None and first.resampling is second.resampling
    ]


def _differences(first: Entry, second: Entry) -> dict[str, Estimate]:
    ours, theirs = first.evaluation, second.evaluation
    found: dict[str, Estimate] = {}
    known = [own.replicates.get(own.headline, {}).get(Part(), {}) for own in (ours, theirs)]
    for name in COMPARED:
        if not all(name in draws for draws in known):  # the threshold cannot be taken on devel
            continue
        difference = paired_difference(
            ours.figures[ours.headline][Part()][name].value,
            theirs.figures[theirs.headline][Part()][name].value,
            ours.replicates[ours.headline][Part()][name],
            theirs.replicates[theirs.headline][Part()][name],
        )
        if difference is not None:
            found[name] = difference
    return found
