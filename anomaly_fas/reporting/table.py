"""The table of a study: methods down, protocols across, mean and spread over seeds."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import isnan, nan
from statistics import fmean, stdev
from typing import TYPE_CHECKING, Final

import pandas as pd

from anomaly_fas.types import DataKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from anomaly_fas.reporting.collect import Result
    from anomaly_fas.reporting.run_facts import RunFacts

FIGURES: Final = ("acer", "apcer", "bpcer", "acer_fine", "hter", "eer", "auc", "tpr_at_fpr_1")
"""Figures that the long form lists, fractions."""

CAPTION: Final = (
    "ACER (APCER / BPCER) on test in percent. The threshold is that of equal error rates on devel; "
    "APCER is that of the worst coarse PAI species. The lowest ACER of a column is bold."
)


@dataclass(frozen=True)
class Cell:
    """Figures of one method under one protocol, in percent.

    Attributes:
        acer: mean over seeds.
        spread: standard deviation over seeds; None for a single one.
        apcer: mean over seeds.
        bpcer: mean over seeds.
        is_best: whether no other method of the column has a lower ACER; never of what others
            published, by rules that differ.
    """

    acer: float
    spread: float | None
    apcer: float
    bpcer: float
    is_best: bool

    @property
    def mean(self) -> str:
        """ACER, with its spread where there is one."""
        return _shown(self.acer) + ("" if self.spread is None else f" ± {self.spread:.1f}")

    @property
    def parts(self) -> str:
        """APCER and BPCER."""
        return f"({_shown(self.apcer)} / {_shown(self.bpcer)})"


@dataclass(frozen=True)
class Column:
    """A protocol on data of one kind: numbers of different kinds never share one.

    Attributes:
        protocol: its name.
        lists: `leak_free` or `official`.
        data_kind: simulated, real, mixed or published; `simulated_to_real` and the like where train
            samples were of another kind than test samples.
        source: of published numbers, the data that they were measured on.
    """

    protocol: str
    lists: str
    data_kind: str
    source: str = ""

    @classmethod
    def of(cls, facts: RunFacts) -> Column:
        """The column of a run."""
        return cls(facts.protocol, facts.lists, facts.data_kind)

    @property
    def title(self) -> str:
        """The protocol's name, the source, and the lists unless they are the default."""
        lists = "" if self.lists == "leak_free" else f"{self.lists} lists"
        return ", ".join(filter(None, (self.protocol.replace("_", " "), self.source, lists)))

    @property
    def order(self) -> tuple[bool, str, bool, str, str, str]:
        """Grandtest first; what is published of a protocol after what was measured of it."""
        is_published = self.data_kind == DataKind.PUBLISHED
        return (
            self.protocol != "grandtest",
            self.protocol,
            is_published,
            self.source,
            self.lists,
            self.data_kind,
        )


@dataclass(frozen=True)
class PublishedResult:
    """Figures that others published.

    Attributes:
        column: protocol, lists and data.
        name: of the method, as tables have it.
        figures: fractions by name; those that were not published are missing.
        note: on the data and where the figures are from.
    """

    column: Column
    name: str
    figures: Mapping[str, float]
    note: str


@dataclass(frozen=True)
class StudyTable:
    """What all the formats are written from.

    Attributes:
        study: its name.
        columns: protocols, in order.
        rows: names of methods, with their scorer, in order.
        cells: by row and column; a missing one was not run.
        notes: where the numbers come from, a line each.
        long: one row a method and protocol with every figure, as fractions.
    """

    study: str
    columns: tuple[Column, ...]
    rows: tuple[str, ...]
    cells: dict[tuple[str, Column], Cell]
    notes: tuple[str, ...]
    long: pd.DataFrame


def study_table(
    study: str, results: Sequence[Result], published: Sequence[PublishedResult] = ()
) -> StudyTable:
    """Put results in a table.

    Args:
        study: its name.
        results: of its runs.
        published: figures of others under the same protocols, in columns of their own.
    """
    names = row_names([(result.facts, result.scorer) for result in results])
    groups: dict[tuple[str, Column], list[Result]] = defaultdict(list)
    for result, name in zip(results, names, strict=True):
        groups[name, Column.of(result.facts)].append(result)
    figures: dict[tuple[str, Column], list[Mapping[str, float]]]
    figures = {key: [result.figures for result in group] for key, group in groups.items()}
    figures |= {(other.name, other.column): [other.figures] for other in published}
    columns = sorted({column for _, column in figures}, key=lambda column: column.order)
    own_rows = sorted({row for row, _ in groups}, key=_row_order)
    rows = [*own_rows, *dict.fromkeys(other.name for other in published)]
    lowest = {
        column: min(_mean(own, "acer") for (_, other), own in figures.items() if other == column)
        for column in columns
    }
    cells = {
        (row, column): Cell(
            acer=100 * _mean(own, "acer"),
            spread=100 * stdev(one["acer"] for one in own) if len(own) > 1 else None,
            apcer=100 * _mean(own, "apcer"),
            bpcer=100 * _mean(own, "bpcer"),
            is_best=_mean(own, "acer") == lowest[column] and column.data_kind != DataKind.PUBLISHED,
        )
        for (row, column), own in figures.items()
    }
    return StudyTable(
        study,
        tuple(columns),
        tuple(rows),
        cells,
        (*_notes(results), *dict.fromkeys(other.note for other in published)),
        pd.concat([_long(groups), _published_long(published)], ignore_index=True),
    )


def _shown(percent: float) -> str:
    return "–" if isnan(percent) else f"{percent:.1f}"


def row_names(runs: Sequence[tuple[RunFacts, str]]) -> list[str]:
    """Method and scorer of each run; the config's hash too where a method has several configs."""
    configs: dict[tuple[str, str, Column], set[str]] = defaultdict(set)
    for facts, scorer in runs:
        configs[facts.method, scorer, Column.of(facts)].add(facts.config_hash)
    several = {key[:2] for key, hashes in configs.items() if len(hashes) > 1}
    return [
        _row_name(facts.method, scorer)
        + (f" {facts.config_hash}" if (facts.method, scorer) in several else "")
        for facts, scorer in runs
    ]


def _row_name(method: str, scorer: str) -> str:
    return method if method == scorer else f"{method} ({scorer})"


def _mean(figures: Sequence[Mapping[str, float]], name: str) -> float:
    return fmean(own.get(name, nan) for own in figures)


def _row_order(row: str) -> tuple[bool, str]:
    return not row.startswith("anomaly "), row


def _notes(results: Sequence[Result]) -> tuple[str, ...]:
    facts = [result.facts for result in results]
    kinds = sorted({own.data_kind for own in facts})
    seeds = sorted({own.seed for own in facts})
    commits = sorted({short_commit(own.commit) for own in facts})
    versions = sorted({own.version for own in facts})
    return (
        CAPTION,
        f"Data: {', '.join(kinds)}. Seeds: {', '.join(map(str, seeds))}.",
        f"anomaly_fas {', '.join(versions)}, commit {', '.join(commits)}"
        + (" (+: with uncommitted changes)." if any("+" in c for c in commits) else "."),
    )


def short_commit(commit: str) -> str:
    """The first digits of a commit, `+` if there were changes, `unknown` if it is empty."""
    return commit[:12] + "+" * commit.endswith("+") or "unknown"


def _long(groups: dict[tuple[str, Column], list[Result]]) -> pd.DataFrame:
    rows = []
    for (_, column), group in groups.items():
        row: dict[str, object] = {
            "method": group[0].facts.method,
            "scorer": group[0].scorer,
            **_place(column),
            "seeds": " ".join(str(result.facts.seed) for result in group),
        }
        for figure in FIGURES:
            values = [r.figures[figure] for r in group if figure in r.figures]
            row[figure] = fmean(values) if values else None
            row[f"{figure}_std"] = stdev(values) if len(values) > 1 else None
        row["config_hashes"] = " ".join(sorted({result.facts.config_hash for result in group}))
        row["commits"] = " ".join(sorted({result.facts.commit for result in group}))
        rows.append(row)
    return pd.DataFrame(rows).sort_values(["protocol", "method", "scorer"], ignore_index=True)


def _published_long(published: Sequence[PublishedResult]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"method": other.name, **_place(other.column)}
            | {figure: other.figures.get(figure) for figure in FIGURES}
            for other in published
        ]
    )


def _place(column: Column) -> dict[str, object]:
    return {
        "protocol": column.protocol,
        "lists": column.lists,
        "data_kind": column.data_kind,
        "source": column.source,
    }
