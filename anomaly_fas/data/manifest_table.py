"""Reading and checking a manifest: one row a sample, every fault reported at once."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from anomaly_fas.errors import DataError
from anomaly_fas.types import ANNOTATION_COLUMNS, CLOSED_SETS, FinePai, Label, Split

if TYPE_CHECKING:
    from enum import StrEnum
    from pathlib import Path

_REQUIRED: Final = ("path", "label")
_SHOWN: Final = 20


def read_manifest(path: Path, root: Path) -> pd.DataFrame:
    """The annotation table of a manifest.

    Columns `path` and `label` are required. A missing `sample_id` is the path, a missing `dataset`
    the manifest's name, a missing `pai` follows from `pai_fine`, and all else is empty. Unknown
    columns are kept.

    Args:
        path: CSV or Parquet file.
        root: folder that the rows' paths are relative to and may not leave.

    Raises:
        DataError: naming every faulty row (the first 20 in full).
    """
    rows = _normalised(_read(path), path)
    faults = [
        *_value_faults(rows),
        *_species_faults(rows),
        *_repeated(rows, "sample_id"),
        *_path_faults(rows, root),
    ]
    if faults:
        raise DataError(_report(path, faults))
    fine = rows["pai_fine"].to_numpy()
    empty = ((rows["pai"] == "") & (rows["pai_fine"] != "")).to_numpy()
    rows.loc[empty, "pai"] = [FinePai(name).coarse.value for name in fine[empty]]
    return rows


def subjects_in_several_splits(rows: pd.DataFrame) -> list[str]:
    """Known subjects, as `dataset/subject`, that stand in more than one split."""
    known = rows[(rows["subject"] != "") & (rows["split"] != "")]
    splits = known["split"].groupby(known["dataset"] + "/" + known["subject"]).nunique()
    return [str(subject) for subject in splits.index[splits > 1]]


def _read(path: Path) -> pd.DataFrame:
    try:
        if path.suffix.lower() == ".parquet":
            return pd.read_parquet(path)
        return pd.read_csv(path, dtype=str, keep_default_na=False)
    except FileNotFoundError as error:
        raise DataError(f"no manifest at {path}") from error
    except (OSError, ValueError) as error:
        raise DataError(f"the manifest {path} is no CSV or Parquet file: {error}") from error


def _normalised(rows: pd.DataFrame, path: Path) -> pd.DataFrame:
    missing = [column for column in _REQUIRED if column not in rows.columns]
    if missing:
        raise DataError(_missing_columns(path, missing, list(rows.columns)))
    if rows.empty:
        raise DataError(f"the manifest {path} has no rows")
    text = {column: _text(rows[column]) for column in ANNOTATION_COLUMNS if column in rows}
    rows = rows.assign(**text).reset_index(drop=True)
    defaults: dict[str, Any] = {"sample_id": rows["path"], "dataset": path.stem}
    missing = [column for column in ANNOTATION_COLUMNS if column not in rows]
    rows = rows.assign(**{column: defaults.get(column, "") for column in missing})
    bona_fide = rows["label"] == Label.BONA_FIDE
    rows["pai"] = rows["pai"].mask(bona_fide & (rows["pai"] == Label.BONA_FIDE), "")
    return rows


def _text(column: pd.Series) -> pd.Series[str]:
    return column.astype(object).where(column.notna(), "").astype(str).str.strip()


def _missing_columns(path: Path, missing: list[str], present: list[str]) -> str:
    hints = []
    for column in missing:
        near = difflib.get_close_matches(column, present, n=1, cutoff=0.5)
        hints.append(f"{column} (is it {near[0]!r}?)" if near else column)
    return (
        f"the manifest {path} lacks the column(s) {', '.join(hints)}; it has {', '.join(present)}. "
        "Rename or add them; path and label are required."
    )


def _value_faults(rows: pd.DataFrame) -> list[str]:
    faults = []
    closed_sets: dict[str, type[StrEnum]] = {**CLOSED_SETS, "split": Split}
    for column, allowed in closed_sets.items():
        values = {*allowed} if column == "label" else {*allowed, ""}
        wrong = ~rows[column].isin(values)
        faults += [
            f"row {_line(row)}: {column} {value!r}; choose one of {', '.join(allowed)}"
            for row, value in rows.loc[wrong, column].items()
        ]
    return faults


def _species_faults(rows: pd.DataFrame) -> list[str]:
    bona_fide = rows["label"] == Label.BONA_FIDE
    named = (rows["pai"] != "") | (rows["pai_fine"] != "")
    faults = [
        f"row {_line(row)}: a bona fide sample with a PAI species"
        for row in rows.index[bona_fide & named]
    ]
    coarse = rows["pai_fine"].str.split("_").str[0]
    known = rows["pai_fine"].isin(list(FinePai)) & (rows["pai"] != "")
    for row in rows.index[known & (coarse != rows["pai"])]:
        fine, pai = rows.at[row, "pai_fine"], rows.at[row, "pai"]
        faults.append(f"row {_line(row)}: pai_fine {fine!r} is no kind of pai {pai!r}")
    return faults


def _repeated(rows: pd.DataFrame, column: str) -> list[str]:
    again = rows[column].duplicated(keep="first")
    first = rows.drop_duplicates(column).reset_index().set_index(column)["index"]
    return [
        f"row {_line(row)}: {column} {value!r} stands in row {_line(first[value])} already"
        for row, value in rows.loc[again, column].items()
    ]


def _path_faults(rows: pd.DataFrame, root: Path) -> list[str]:
    home = root.resolve()
    faults = []
    for row, value in rows["path"].items():
        if not value:
            faults.append(f"row {_line(row)}: an empty path")
            continue
        target = (home / value).resolve()
        if not target.is_relative_to(home):
            faults.append(f"row {_line(row)}: {value!r} leaves the root {root}")
        elif not target.exists():
            faults.append(f"row {_line(row)}: no file {value!r} under {root}")
    return faults


def _line(row: object) -> int:
    """Line of a row in a CSV file, whose first line is the header."""
    return int(row) + 2  # type: ignore[call-overload, no-any-return]


def _report(path: Path, faults: list[str]) -> str:
    more = [f"… and {len(faults) - _SHOWN} more"] if len(faults) > _SHOWN else []
    lines = [f"{len(faults)} fault(s) in the manifest {path}:", *faults[:_SHOWN], *more]
    return "\n  ".join(lines)
