"""Reading and checking a manifest: one row a sample, every fault reported at once."""

from pathlib import Path
from typing import Any, Final

import pandas as pd

from anomaly_fas.errors import DataError
from anomaly_fas.table_faults import (
    as_text,
    line,
    read_table,
    report,
    require_columns,
    value_faults,
    with_coarse_species,
)
from anomaly_fas.types import ANNOTATION_COLUMNS, FinePai, Label

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
    rows = _normalised(read_table(path, "manifest"), path)
    faults = [
        *value_faults(rows, required={"label"}),
        *_species_faults(rows),
        *_repeated_ids(rows),
        *(f"row {line(row)}: an empty path" for row in rows.index[rows["path"] == ""]),
        *(() if root is None else _path_faults(rows, root)),
    ]
    if faults:
        raise DataError(report(f"the manifest {path}", faults))
    return rows


def _normalised(rows: pd.DataFrame, path: Path) -> pd.DataFrame:
    require_columns(rows, f"the manifest {path}", _REQUIRED)
    text = {column: as_text(rows[column]) for column in ANNOTATION_COLUMNS if column in rows}
    rows = rows.assign(**text).reset_index(drop=True)
    defaults: dict[str, Any] = {"sample_id": rows["path"], "dataset": path.stem}
    missing = [column for column in ANNOTATION_COLUMNS if column not in rows]
    return with_coarse_species(
        rows.assign(**{column: defaults.get(column, "") for column in missing})
    )


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


def _repeated_ids(rows: pd.DataFrame) -> list[str]:
    ids = rows["sample_id"]
    first = {value: row for row, value in ids.drop_duplicates().items()}
    return [
        f"row {line(row)}: sample_id {value!r} stands in row {line(first[value])} already"
        for row, value in ids[ids.duplicated()].items()
    ]


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
