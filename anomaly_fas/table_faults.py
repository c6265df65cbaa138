"""Checks that tables from outside, manifests and score files, have in common."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from anomaly_fas.errors import first_lines
from anomaly_fas.types import CLOSED_SETS, Split

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from enum import StrEnum

    import pandas as pd


def as_text(column: pd.Series) -> pd.Series[str]:
    """A column as stripped strings, missing values as empty ones."""
    return column.astype(object).where(column.notna(), "").astype(str).str.strip()


def line(row: object) -> int:
    """Line of a row, counted from 0, in a CSV file, whose first line is the header."""
    return int(row) + 2  # type: ignore[call-overload, no-any-return]


def missing_columns(source: str, missing: Sequence[str], present: Sequence[str]) -> str:
    """What to say of columns that are not there, with what may be meant.

    Args:
        source: what the table is, such as `the manifest faces.csv`.
        missing: names of the columns.
        present: names of those that are there.
    """
    hints = []
    for column in missing:
        near = difflib.get_close_matches(column, present, n=1, cutoff=0.5)
        hints.append(f"{column} (is it {near[0]!r}?)" if near else column)
    return f"{source} lacks the column(s) {', '.join(hints)}; it has {', '.join(present)}"


def value_faults(rows: pd.DataFrame, required: Collection[str]) -> list[str]:
    """Values that are none of a closed set, a line each.

    Args:
        rows: indexed from 0; has `split` and the columns of `CLOSED_SETS`.
        required: columns that may not be empty.
    """
    closed_sets: dict[str, type[StrEnum]] = {**CLOSED_SETS, "split": Split}
    faults = []
    for column, allowed in closed_sets.items():
        values = {*allowed} if column in required else {*allowed, ""}
        wrong = ~rows[column].isin(values)
        faults += [
            f"row {line(row)}: {column} {value!r}; choose one of {', '.join(allowed)}"
            for row, value in rows.loc[wrong, column].items()
        ]
    return faults


def report(source: str, faults: Sequence[str]) -> str:
    """All faults of a table in one message, the first 20 in full."""
    return "\n  ".join([f"{len(faults)} fault(s) in {source}:", *first_lines(faults)])
