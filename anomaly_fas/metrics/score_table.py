"""The score file: one row per sample, split and scorer, with the facts of the run.

Metrics, tables, plots and intervals are computed from this file alone, on any machine.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from anomaly_fas.errors import DataError
from anomaly_fas.files import atomic_path
from anomaly_fas.types import SCORE_COLUMNS

_FACTS: Final = b"anomaly_fas"
_TYPES: Final = dict.fromkeys(SCORE_COLUMNS, "str") | {"score": "float64", "n_frames": "int64"}


@dataclass(frozen=True)
class ScoreTable:
    """Scores and where they come from.

    Attributes:
        rows: the columns of `SCORE_COLUMNS`; attack scores, higher meaning more likely an attack.
        facts: protocol, lists, method, seed, data kind, config hash, package version, git commit
            and `thresholds` (scorer to name to value).
    """

    rows: pd.DataFrame
    facts: dict[str, Any] = field(default_factory=dict)

    def of(self, scorer: str, split: str) -> pd.DataFrame:
        """Select the rows of one scorer and split."""
        chosen = (self.rows["scorer"] == scorer) & (self.rows["split"] == split)
        return self.rows[chosen]

    @property
    def scorers(self) -> list[str]:
        """Names of the scorers, the headline one first."""
        return list(dict.fromkeys(self.rows["scorer"]))

    def write(self, path: Path) -> None:
        """Write a Parquet file, whole or not at all.

        Raises:
            RunError: the file cannot be written.
        """
        rows = self.rows.loc[:, list(SCORE_COLUMNS)].astype(_TYPES)
        table = pa.Table.from_pandas(rows, preserve_index=False)
        facts = {_FACTS: json.dumps(self.facts, sort_keys=True).encode()}
        with atomic_path(path) as temporary:
            pq.write_table(table.replace_schema_metadata(facts), temporary, compression="zstd")

    @classmethod
    def read(cls, path: Path, required: Sequence[str] = SCORE_COLUMNS) -> ScoreTable:
        """Read what `write` wrote.

        Args:
            path: the file.
            required: columns that it must have.

        Raises:
            DataError: the file is missing, is not a score file, or lacks a column.
        """
        try:
            table = pq.read_table(path)
        except (OSError, pa.ArrowInvalid) as error:
            raise DataError(f"cannot read the score file {path}: {error}") from error
        missing = [name for name in required if name not in table.column_names]
        if missing:
            raise DataError(f"the score file {path} lacks the column(s) {', '.join(missing)}")
        metadata = table.schema.metadata or {}
        return cls(table.to_pandas(), json.loads(metadata.get(_FACTS, b"{}")))
