"""Read the scores of any system: Parquet, CSV, and the JSON files of the gradgpad package."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from anomaly_fas.errors import DataError
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.table_faults import (
    as_text,
    line,
    read_table,
    report,
    require_columns,
    value_faults,
    with_coarse_species,
)
from anomaly_fas.types import SCORE_COLUMNS, Label, Split

_REQUIRED: Final = ("sample_id", "split", "label", "score")


def read_scores(path: Path) -> ScoreTable:
    """Read a Parquet or CSV file with the columns of `SCORE_COLUMNS`.

    Columns `sample_id`, `split`, `label` and `score` are required. A missing `pai` follows from
    `pai_fine`, a missing `scorer` is the file's name, a missing `dataset` `unnamed`, and all else
    is empty. An empty score is a sample to which the system gave no answer.

    Args:
        path: a file named `….parquet` or `….csv`.

    Raises:
        DataError: the file cannot be used; the message names the faulty rows (the first 20).
    """
    if path.suffix.lower() == ".parquet":
        table = ScoreTable.read(path, required=_REQUIRED)
        rows, facts = table.rows, table.facts
    else:
        rows, facts = read_table(path, "score file"), {}
    return ScoreTable(_checked(_normalised(rows, path), path), facts)


def read_gradgpad_scores(
    path: Path, split: Split, annotations: pd.DataFrame, listed: Collection[str] | None = None
) -> pd.DataFrame:
    """Read a score file of the gradgpad package: one JSON object, sample id to attack score.

    Labels are joined by id, never by position.

    Args:
        path: the file.
        split: that the file holds.
        annotations: annotation table of GRAD-GPAD.
        listed: ids of the samples of the split; those that the file lacks, or has as null, become
            rows without a score.

    Returns:
        Score rows in the order of the file, those without a score after them.

    Raises:
        DataError: the file is no such object, an id stands in it twice, is not annotated, or not
            of the split.
    """
    scores = _json_scores(path)
    known = annotations.set_index("sample_id", drop=False)
    _require_none(path, "no sample of GRAD-GPAD", _outside(scores, known.index))
    if listed is not None:
        _require_none(path, f"not in the {split} list of the protocol", _outside(scores, listed))
        scores |= dict.fromkeys(_outside(listed, scores), np.nan)
    rows = known.loc[list(scores)].reset_index(drop=True)
    rows = rows.assign(split=str(split), score=list(scores.values()), scorer=path.stem, n_frames=0)
    return _checked(rows.loc[:, list(SCORE_COLUMNS)], path)


def _json_scores(path: Path) -> dict[str, float]:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            _require_none(path, "there twice", sorted({k for k in keys if keys.count(k) > 1}))
        return found

    try:
        content = json.loads(path.read_text(), object_pairs_hook=unique)
    except FileNotFoundError as error:
        raise DataError(f"no score file at {path}") from error
    except (OSError, ValueError) as error:
        raise DataError(f"cannot read the score file {path}: {error}") from error
    if not isinstance(content, dict) or not content:
        raise DataError(f"the score file {path} is no JSON object of sample id to score")
    scores = {key: np.nan if score is None else score for key, score in content.items()}
    strange = [key for key, score in scores.items() if type(score) not in (int, float)]
    _require_none(path, "no number", strange)
    return scores


def _outside(ids: Iterable[str], known: Iterable[str]) -> list[str]:
    inside = set(known)
    return [key for key in ids if key not in inside]


def _require_none(path: Path, fault: str, ids: Sequence[str]) -> None:
    if ids:
        shown = ", ".join(ids[:5]) + (f" … and {len(ids) - 5} more" if len(ids) > 5 else "")
        raise DataError(f"the score file {path}: {len(ids)} sample id(s) {fault}: {shown}")


def _normalised(rows: pd.DataFrame, path: Path) -> pd.DataFrame:
    require_columns(rows, f"the score file {path}", _REQUIRED)
    defaults = {"scorer": path.stem, "dataset": "unnamed"}
    text = {
        name: as_text(rows[name]) if name in rows else defaults.get(name, "")
        for name in SCORE_COLUMNS
        if name not in {"score", "n_frames"}
    }
    rows = rows.assign(**text).reset_index(drop=True)
    rows["n_frames"] = rows.get("n_frames", 0)
    return with_coarse_species(rows).loc[:, list(SCORE_COLUMNS)]


def _checked(rows: pd.DataFrame, path: Path) -> pd.DataFrame:
    empty = rows["score"].isna() | (rows["score"].astype(str).str.strip() == "")
    scores = pd.to_numeric(rows["score"].where(~empty, np.nan), errors="coerce")
    said_nan = rows["score"].astype(str).str.strip().str.lower() == "nan"
    has_species = (rows["pai"] != "") | (rows["pai_fine"] != "")
    is_contrary = (rows["label"] == Label.BONA_FIDE) & has_species
    is_repeated = rows.duplicated(["sample_id", "split", "scorer"])
    faults = [
        *_faults(rows, scores.isna() & ~empty & ~said_nan, "score", "is no number"),
        *_faults(rows, np.isinf(scores), "score", "is infinite"),
        *_faults(rows, rows["sample_id"] == "", "sample_id", "is empty"),
        *value_faults(rows, required={"label", "split"}),
        *_faults(rows, is_contrary, "pai", "names the species of a bona fide sample"),
        *_faults(rows, is_repeated, "sample_id", "has a score already (same split and scorer)"),
    ]
    if faults:
        raise DataError(report(f"the score file {path}", faults))
    return rows.assign(score=scores.astype(np.float64))


def _faults(rows: pd.DataFrame, wrong: pd.Series[bool], column: str, fault: str) -> list[str]:
    chosen = rows[wrong]
    return [
        f"row {line(row)}: {column} {value!r} {fault} (sample {sample_id})"
        for row, value, sample_id in zip(
            chosen.index, chosen[column], chosen["sample_id"], strict=True
        )
    ]
