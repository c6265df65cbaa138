"""Checks that tables from outside, manifests and score files, have in common."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from enum import StrEnum
from pathlib import Path

import pandas as pd

from anomaly_fas.errors import DataError, first_lines
from anomaly_fas.types import CLOSED_SETS, FinePai, Label, Split


def as_text(column: pd.Series) -> pd.Series[str]:
    """A column as stripped strings, missing values as empty ones."""
    return column.astype(object).where(column.notna(), "").astype(str).str.strip()


def line(row: object) -> int:
    """Line of a row, counted from 0, in a CSV file, whose first line is the header."""
    return int(row) + 2  # type: ignore[call-overload, no-any-return]


def read_table(path: Path, kind: str) -> pd.DataFrame:
    """Read a CSV file, its cells as text, or a Parquet file.

    Args:
        path: file to read.
        kind: kind of table, for messages: `manifest` or `score file`.

    Raises:
        DataError: the file is missing, or neither.
    """
    try:
        if path.suffix.lower() == ".parquet":
            return pd.read_parquet(path)
        return pd.read_csv(path, dtype=str, keep_default_na=False)
    except FileNotFoundError as error:
        raise DataError(f"no {kind} at {path}") from error
    except (OSError, ValueError) as error:
        raise DataError(f"the {kind} {path} is no CSV or Parquet file: {error}") from error


def require_columns(rows: pd.DataFrame, source: str, required: Sequence[str]) -> None:
    """Refuse a table without rows, or without a column that is needed.

    Args:
        rows: table to check.
        source: name of the table in messages, such as `the manifest faces.csv`.
        required: names of the columns.

    Raises:
        DataError: naming the columns that may be meant.
    """
    hints, present = [], list(map(str, rows))
    for column in required:
        if column not in rows:
            near = difflib.get_close_matches(column, present, n=1, cutoff=0.5)
            hints.append(f"{column} (is it {near[0]!r}?)" if near else column)
    if hints:
        raise DataError(
            f"{source} lacks the column(s) {', '.join(hints)}; it has {', '.join(present)}. Rename "
            f"or add them; {', '.join(required)} are required."
        )
    if rows.empty:
        raise DataError(f"{source} has no rows")


def with_coarse_species(rows: pd.DataFrame) -> pd.DataFrame:
    """A table whose bona fide rows have no PAI species, and others the coarse one of their fine."""
    bona_fide = (rows["label"] == Label.BONA_FIDE) & (rows["pai"] == Label.BONA_FIDE)
    unnamed = (rows["pai"] == "") & rows["pai_fine"].isin(list(FinePai))
    coarse = {str(fine): fine.coarse.value for fine in FinePai}
    pai = rows["pai"].mask(bona_fide, "").mask(unnamed, rows["pai_fine"].map(coarse))
    return rows.assign(pai=pai)


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
