"""Reading and checking a manifest: one row a sample, every fault reported at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from anomaly_fas.errors import DataError
from anomaly_fas.table_faults import as_text, line, missing_columns, report, value_faults
from anomaly_fas.types import ANNOTATION_COLUMNS, FinePai, Label

if TYPE_CHECKING:
    from pathlib import Path

_REQUIRED: Final = ("path", "label")


def read_manifest(path: Path, root: Path | None) -> pd.DataFrame:
    """The annotation table of a manifest.

    Columns `path` and `label` are required. A missing `sample_id` is the path, a missing `dataset`
    the manifest's name, a missing `pai` follows from `pai_fine`, and all else is empty. Unknown
    columns are kept.

    Args:
        path: CSV or Parquet file.
        root: folder that the rows' paths are relative to and may not leave; None leaves it to
            others to look whether their files are there.

    Raises:
        DataError: naming every faulty row (the first 20 in full).
    """
    rows = _normalised(_read(path), path)
    faults = [
        *value_faults(rows, required={"label"}),
        *_species_faults(rows),
        *_repeated(rows, "sample_id"),
        *_empty_paths(rows),
        *(() if root is None else _path_faults(rows, root)),
    ]
    if faults:
        raise DataError(report(f"the manifest {path}", faults))
    fine = rows["pai_fine"].to_numpy()
    empty = ((rows["pai"] == "") & (rows["pai_fine"] != "")).to_numpy()
    rows.loc[empty, "pai"] = [FinePai(name).coarse.value for name in fine[empty]]
    return rows


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
        hint = missing_columns(f"the manifest {path}", missing, list(rows.columns))
        raise DataError(f"{hint}. Rename or add them; path and label are required.")
    if rows.empty:
        raise DataError(f"the manifest {path} has no rows")
    text = {column: as_text(rows[column]) for column in ANNOTATION_COLUMNS if column in rows}
    rows = rows.assign(**text).reset_index(drop=True)
    defaults: dict[str, Any] = {"sample_id": rows["path"], "dataset": path.stem}
    missing = [column for column in ANNOTATION_COLUMNS if column not in rows]
    rows = rows.assign(**{column: defaults.get(column, "") for column in missing})
    bona_fide = rows["label"] == Label.BONA_FIDE
    rows["pai"] = rows["pai"].mask(bona_fide & (rows["pai"] == Label.BONA_FIDE), "")
    return rows


def _species_faults(rows: pd.DataFrame) -> list[str]:
    bona_fide = rows["label"] == Label.BONA_FIDE
    named = (rows["pai"] != "") | (rows["pai_fine"] != "")
    faults = [
        f"row {line(row)}: a bona fide sample with a PAI species"
        for row in rows.index[bona_fide & named]
    ]
    coarse = rows["pai_fine"].str.split("_").str[0]
    known = rows["pai_fine"].isin(list(FinePai)) & (rows["pai"] != "")
    for row in rows.index[known & (coarse != rows["pai"])]:
        fine, pai = rows.at[row, "pai_fine"], rows.at[row, "pai"]
        faults.append(f"row {line(row)}: pai_fine {fine!r} is no kind of pai {pai!r}")
    return faults


def _repeated(rows: pd.DataFrame, column: str) -> list[str]:
    again = rows[column].duplicated(keep="first")
    first = rows.drop_duplicates(column).reset_index().set_index(column)["index"]
    return [
        f"row {line(row)}: {column} {value!r} stands in row {line(first[value])} already"
        for row, value in rows.loc[again, column].items()
    ]


def _empty_paths(rows: pd.DataFrame) -> list[str]:
    return [f"row {line(row)}: an empty path" for row in rows.index[rows["path"] == ""]]


def _path_faults(rows: pd.DataFrame, root: Path) -> list[str]:
    home = root.resolve()
    faults = []
    for row, value in rows["path"].items():
        if not value:
            continue
        target = (home / value).resolve()
        if not target.is_relative_to(home):
            faults.append(f"row {line(row)}: {value!r} leaves the root {root}")
        elif not target.exists():
            faults.append(f"row {line(row)}: no file {value!r} under {root}")
    return faults
