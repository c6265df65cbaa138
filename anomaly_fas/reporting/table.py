"""The table of a study: methods down, protocols across, mean and spread over seeds."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import TYPE_CHECKING, Final

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anomaly_fas.reporting.collect import Result

FIGURES: Final = ("acer", "apcer", "bpcer", "acer_fine", "hter", "eer", "auc")
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
        is_best: whether no other method of the column has a lower ACER.
    """

    acer: float
    spread: float | None
    apcer: float
    bpcer: float
    is_best: bool

    @property
    def mean(self) -> str:
        """ACER, with its spread where there is one."""
        return f"{self.acer:.1f}" + ("" if self.spread is None else f" ± {self.spread:.1f}")

    @property
    def parts(self) -> str:
        """APCER and BPCER."""
        return f"({self.apcer:.1f} / {self.bpcer:.1f})"


@dataclass(frozen=True)
class Column:
    """A protocol on data of one kind: numbers of different kinds never share one."""

    protocol: str
    lists: str
    data_kind: str

    @property
    def title(self) -> str:
        """The protocol's name, and its lists unless they are the default."""
        lists = "" if self.lists == "leak_free" else f", {self.lists} lists"
        return self.protocol.replace("_", " ") + lists


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


def study_table(study: str, results: Sequence[Result]) -> StudyTable:
    """Put results in a table."""
    names = _row_names(results)
    groups: dict[tuple[str, Column], list[Result]] = defaultdict(list)
    for result, name in zip(results, names, strict=True):
        groups[name, _column(result)].append(result)
    columns = sorted({column for _, column in groups}, key=_column_order)
    rows = sorted({row for row, _ in groups}, key=_row_order)
    lowest = {
        column: min(_mean(group, "acer") for (_, other), group in groups.items() if other == column)
        for column in columns
    }
    cells = {
        (row, column): Cell(
            acer=100 * _mean(group, "acer"),
            spread=100 * stdev(r.figures["acer"] for r in group) if len(group) > 1 else None,
            apcer=100 * _mean(group, "apcer"),
            bpcer=100 * _mean(group, "bpcer"),
            is_best=_mean(group, "acer") == lowest[column],
        )
        for (row, column), group in groups.items()
    }
    return StudyTable(study, tuple(columns), tuple(rows), cells, _notes(results), _long(groups))


def _column(result: Result) -> Column:
    return Column(result.protocol, result.lists, result.data_kind)


def _row_names(results: Sequence[Result]) -> list[str]:
    """Method and scorer; the config's hash too where a method was run with several configs."""
    configs: dict[tuple[str, str, Column], set[str]] = defaultdict(set)
    for result in results:
        configs[result.method, result.scorer, _column(result)].add(result.config_hash)
    several = {key[:2] for key, hashes in configs.items() if len(hashes) > 1}
    return [
        f"{result.method} ({result.scorer})"
        + (f" {result.config_hash}" if (result.method, result.scorer) in several else "")
        for result in results
    ]


def _mean(group: Sequence[Result], figure: str) -> float:
    return fmean(result.figures[figure] for result in group)


def _column_order(column: Column) -> tuple[bool, str, str, str]:
    return column.protocol != "grandtest", column.protocol, column.lists, column.data_kind


def _row_order(row: str) -> tuple[bool, str]:
    return not row.startswith("anomaly "), row


def _notes(results: Sequence[Result]) -> tuple[str, ...]:
    kinds = Counter(result.data_kind for result in results)
    seeds = sorted({result.seed for result in results})
    commits = sorted({_short(result.commit) for result in results})
    versions = sorted({result.version for result in results})
    return (
        CAPTION,
        f"Data: {', '.join(sorted(kinds))}. Seeds: {', '.join(map(str, seeds))}.",
        f"anomaly_fas {', '.join(versions)}, commit {', '.join(commits)}"
        + (" (+: with uncommitted changes)." if any("+" in r.commit for r in results) else "."),
    )


def _short(commit: str) -> str:
    return commit[:12] + "+" * commit.endswith("+") or "unknown"


def _long(groups: dict[tuple[str, Column], list[Result]]) -> pd.DataFrame:
    rows = []
    for (_, column), group in groups.items():
        first = group[0]
        row: dict[str, object] = {
            "method": first.method,
            "scorer": first.scorer,
            "protocol": column.protocol,
            "lists": column.lists,
            "data_kind": column.data_kind,
            "seeds": " ".join(str(result.seed) for result in group),
        }
        for figure in FIGURES:
            values = [r.figures[figure] for r in group if figure in r.figures]
            row[figure] = fmean(values) if values else None
            row[f"{figure}_std"] = stdev(values) if len(values) > 1 else None
        row["config_hashes"] = " ".join(sorted({result.config_hash for result in group}))
        row["commits"] = " ".join(sorted({result.commit for result in group}))
        rows.append(row)
    return pd.DataFrame(rows).sort_values(["protocol", "method", "scorer"], ignore_index=True)
