"""Log figures to metrics.csv in the run folder, which a resumed run continues."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lightning.pytorch.loggers.logger import Logger
from lightning.pytorch.utilities import rank_zero_only

from anomaly_fas.files import atomic_path, cannot_write

_Row = dict[str, str]


class RunCsvLogger(Logger):
    """Write a row for each call, a column for each figure, into `metrics.csv` of a folder.

    A resumed run repeats the steps since its last checkpoint: rows of those steps are replaced.
    Every row is written at once, so the file is never behind a checkpoint; a row that was cut off
    belongs to a step that is repeated. A new column rewrites the whole file atomically.
    """

    def __init__(self, folder: str) -> None:
        super().__init__()
        self._path = Path(folder) / "metrics.csv"
        self._columns: list[str] = []

    @property
    def name(self) -> str:
        """Empty: the logger has no name."""
        return ""

    @property
    def version(self) -> str:
        """Empty: a run has one file."""
        return ""

    @rank_zero_only
    def log_hyperparams(self, params: Any) -> None:
        """Log nothing: they are in `config.yaml`."""

    @rank_zero_only
    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Log figures of a step.

        Raises:
            RunError: the file cannot be written.
        """
        at = 0 if step is None else step
        row = {"step": str(at)} | {name: str(value) for name, value in metrics.items()}
        resuming = not self._columns
        if resuming or not row.keys() <= set(self._columns):
            rows = [there for there in self._rows() if not resuming or int(there["step"]) < at]
            self._write([*rows, row])
        else:
            self._append(row)

    def _rows(self) -> list[_Row]:
        if not self._path.exists():
            return []
        whole, _, _cut_off = self._path.read_text().rpartition("\n")
        return [
            {name: value for name, value in row.items() if value}
            for row in csv.DictReader(whole.splitlines())
        ]

    def _write(self, rows: list[_Row]) -> None:
        self._columns = sorted(set().union(*rows))
        with atomic_path(self._path) as temporary, temporary.open("w", newline="") as file:
            writer = csv.DictWriter(file, self._columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    def _append(self, row: _Row) -> None:
        try:
            with self._path.open("a", newline="") as file:
                csv.DictWriter(file, self._columns, lineterminator="\n").writerow(row)
        except OSError as error:
            raise cannot_write(self._path, error.strerror or str(error)) from error
