"""Groups of samples whose error rates are reported, and their counts of errors."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from anomaly_fas.metrics.analysis import attack_groups
from anomaly_fas.types import Label

DEMOGRAPHIC: Final = ("sex", "age", "skin_tone")
"""Columns whose groups should not differ: the difference between them is a figure of its own."""

BREAKDOWNS: Final = ("dataset", "device", "lighting", *DEMOGRAPHIC)
"""Columns that the figures are broken down by."""

POOLED: Final = "apcer_pooled"
"""The error rate of all attacks together, which HTER is made of."""


@dataclass(frozen=True, order=True)
class Part:
    """A part of the data: the samples with a value in a column, or all (both empty)."""

    column: str = ""
    value: str = ""


@dataclass(frozen=True)
class Group:
    """Samples of one class that share an error rate.

    Attributes:
        part: of the data.
        figure: name of the rate: `bpcer`, `apcer_pooled`, `apcer/<species>`,
            `apcer_fine/<species>` or `apcer_type/<type>`.
        members: which samples of the table belong to it, bool, shape [n].
    """

    part: Part
    figure: str
    members: np.ndarray

    @property
    def is_bona_fide(self) -> bool:
        """Whether an error is a rejection."""
        return self.figure == "bpcer"


class Count(NamedTuple):
    """Number of samples of a group that are classified wrongly, and of all its samples."""

    errors: int
    samples: int

    @property
    def rate(self) -> float:
        """Share of errors."""
        return self.errors / self.samples


def whole(table: pd.DataFrame) -> list[Group]:
    """Group all data: bona fide, all attacks, each species and type.

    Args:
        table: score rows, one a sample; those without a score are in no group.
    """
    return list(_groups(table, Part(), np.ones(len(table), dtype=bool), _all_groupings(table)))


def parts(table: pd.DataFrame, columns: Sequence[str] = BREAKDOWNS) -> list[Group]:
    """Group each part of the data: bona fide, all attacks, each coarse species.

    Rows without a value in a column are in none of its parts.
    """
    coarse = {"": _all_groupings(table)[""]}
    found: list[Group] = []
    for column in columns:
        values = table[column].to_numpy(dtype=str)
        for value in np.unique(values[values != ""]):
            found += _groups(table, Part(column, str(value)), values == value, coarse)
    return found


def presentations(table: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return positions of the samples of each non-response rate, by name of the rate."""
    is_attack = (table["label"] == Label.ATTACK).to_numpy()
    found = {"bpnrr": np.flatnonzero(~is_attack), "apnrr": np.flatnonzero(is_attack)}
    species = _all_groupings(table)[""]
    for name in np.unique(species[is_attack].astype(str)):
        found[f"apnrr/{name}"] = np.flatnonzero(species == name)
    return {name: members for name, members in found.items() if members.size}


def group_counts(
    table: pd.DataFrame, threshold: float, columns: Sequence[str] = BREAKDOWNS
) -> dict[Part, dict[str, Count]]:
    """Count the errors of all data, and of each part of it, by part and name of the rate.

    Args:
        table: score rows, one per sample; those without a score count in non-response rates only.
        threshold: decision threshold.
        columns: columns that the data are broken down by.
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
    """Count the errors of each known subject, attacks of all species together."""
    known = table[(table["subject"] != "") & table["score"].notna()]
    is_attack = known["label"] == Label.ATTACK
    wrong = (known["score"] < threshold) == is_attack
    groups = wrong.groupby([known["dataset"] + "/" + known["subject"], is_attack])
    counts: dict[Part, dict[str, Count]] = defaultdict(dict)
    for (subject, attack), errors in groups:
        figure = POOLED if attack else "bpcer"
        counts[Part("subject", str(subject))][figure] = Count(int(errors.sum()), len(errors))
    return dict(counts)


def derived(rates: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Extend the rates of the groups of a part by those that combine them.

    Args:
        rates: by name; arrays of one shape. A rate of no samples is NaN, and never the worst.

    Returns:
        The rates; `apcer`, `apcer_fine` and `apcer_type`, the worst of each; and where bona fide
        samples are among them `acer`, `acer_fine`, `acer_type`, `hter` and `acer_weighted`.
    """
    figures = dict(rates)
    for worst in ("apcer", "apcer_fine", "apcer_type"):
        own = [rate for name, rate in rates.items() if name.startswith(f"{worst}/")]
        if own:
            figures[worst] = np.fmax.reduce(own)
            if "bpcer" in rates:
                figures[worst.replace("apcer", "acer")] = (figures[worst] + rates["bpcer"]) / 2
    if "bpcer" in rates and POOLED in rates:
        figures["hter"] = figures["acer_weighted"] = (rates[POOLED] + rates["bpcer"]) / 2
    return figures


def _all_groupings(table: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return group names of each row under every grouping, empty for bona fide rows, by suffix."""
    is_attack = (table["label"] == Label.ATTACK).to_numpy()
    groupings = {}
    for suffix, names in attack_groups(table[is_attack]).items():
        groupings[suffix] = np.full(len(table), "", dtype=object)
        groupings[suffix][is_attack] = names
    return groupings


def _groups(
    table: pd.DataFrame, part: Part, inside: np.ndarray, groupings: Mapping[str, np.ndarray]
) -> Iterator[Group]:
    inside = inside & table["score"].notna().to_numpy()
    is_attack = (table["label"] == Label.ATTACK).to_numpy()
    if (inside & ~is_attack).any():
        yield Group(part, "bpcer", inside & ~is_attack)
    if (inside & is_attack).any():
        yield Group(part, POOLED, inside & is_attack)
    for suffix, names in groupings.items():
        for name in np.unique(names[inside & is_attack].astype(str)):
            yield Group(part, f"apcer{suffix}/{name}", inside & (names == name))
