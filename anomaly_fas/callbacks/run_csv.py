"""metrics.csv in the run folder, which a resumed run goes on with."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lightning.fabric.loggers.logger import rank_zero_experiment
from lightning.pytorch.loggers import CSVLogger
from lightning.pytorch.utilities import rank_zero_only

if TYPE_CHECKING:
    from lightning.fabric.loggers.csv_logs import _ExperimentWriter


class RunCsvLogger(CSVLogger):
    """Lightning's CSV logger, without a folder of its own and without losing earlier rows.

    A resumed run repeats the steps since its last checkpoint: rows of those steps are replaced.
    Every row is written at once, so that the file never lacks what a checkpoint is ahead of.

    Args:
        folder: where `metrics.csv` goes.
    """

    def __init__(self, folder: str) -> None:
        super().__init__(save_dir=folder, name="", version="", flush_logs_every_n_steps=1)
        self._path = Path(folder) / "metrics.csv"
        self._resumed = False

    @property
    @rank_zero_experiment
    def experiment(self) -> _ExperimentWriter:
        """Lightning's writer of the file; it deletes the file at first, so rows are put back."""
        if self._experiment is None:
            self._begin_with(_rows(self._path))
        return super().experiment  # type: ignore[no-any-return]

    @rank_zero_only
    def log_metrics(self, metrics: dict[str, Any], step: int | None = None) -> None:
        """Log figures of a step."""
        if not self._resumed:
            self._resumed = True
            self._begin_with(
                [row for row in _rows(self._path) if step is None or row["step"] < step]
            )
        super().log_metrics(metrics, step)

    def _begin_with(self, rows: list[dict[str, float]]) -> None:
        self._experiment = None
        writer = super().experiment
        for row in rows:
            writer.log_metrics({**row}, int(row["step"]))
        if rows:
            writer.save()


def _rows(path: Path) -> list[dict[str, float]]:
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return [
            {name: float(value) for name, value in row.items() if value}
            for row in csv.DictReader(file)
        ]
