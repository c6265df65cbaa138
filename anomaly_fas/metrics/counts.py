"""Errors and samples of every group at a threshold: what exact intervals are made of."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anomaly_fas.metrics.groups import BREAKDOWNS, POOLED, Part, parts, presentations, whole
from anomaly_fas.types import Label

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd


@dataclass(frozen=True)
class Count:
    """Samples of a group, and how many of them are classified wrongly."""

    errors: int
    samples: int

    @property
    def rate(self) -> float:
        """Their share."""
        return self.errors / self.samples


def group_counts(
    table: pd.DataFrame, threshold: float, columns: Sequence[str] = BREAKDOWNS
) -> dict[Part, dict[str, Count]]:
    """The counts of all data, and of each part of it, by part and name of the rate.

    Args:
        table: score rows, one a sample; those without a score count nowhere.
        threshold: the decision threshold.
        columns: that the data is broken down by.
    """
    accepted = (table["score"] < threshold).to_numpy()
    counts: dict[Part, dict[str, Count]] = defaultdict(dict)
    for group in [*whole(table), *parts(table, columns)]:
        wrong = group.members & (~accepted if group.is_bona_fide else accepted)
        counts[group.part][group.figure] = Count(
            int(np.count_nonzero(wrong)), int(np.count_nonzero(group.members))
        )
    unanswered = table["score"].isna().to_numpy()
    for name, members in presentations(table).items():
        counts[Part()][name] = Count(int(np.count_nonzero(unanswered[members])), members.size)
    return dict(counts)


def subject_counts(table: pd.DataFrame, threshold: float) -> dict[Part, dict[str, Count]]:
    """The counts of each known subject, its attacks of all species together."""
    known = table[(table["subject"] != "") & table["score"].notna()]
    is_attack = known["label"] == Label.ATTACK
    wrong = (known["score"] < threshold) == is_attack
    groups = wrong.groupby([known["dataset"] + "/" + known["subject"], is_attack])
    counts: dict[Part, dict[str, Count]] = defaultdict(dict)
    for (subject, attack), own in groups:
        figure = POOLED if attack else "bpcer"
        counts[Part("subject", str(subject))][figure] = Count(int(own.sum()), len(own))
    return dict(counts)
