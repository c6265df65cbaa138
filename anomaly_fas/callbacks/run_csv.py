"""metrics.csv in the run folder, which a resumed run goes on with."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from lightning.pytorch.loggers import CSVLogger


class RunCsvLogger(CSVLogger):
    """Lightning's CSV logger, without a folder of its own and without losing earlier rows.

    A resumed run repeats the steps since its last checkpoint: rows of those steps are replaced.

    Args:
        folder: where `metrics.csv` goes.
    """

    def __init__(self, folder: str) -> None:
        super().__init__(save_dir=folder, name="", version="")
        self._earlier = _rows(Path(folder) / "metrics.csv")

    def log_metrics(self, metrics: dict[str, Any], step: int | None = None) -> None:
        """Log figures of a step."""
        earlier, self._earlier = self._earlier, []
        for row in earlier:
            if step is None or row["step"] < step:
                super().log_metrics({**row}, int(row["step"]))
        super().log_metrics(metrics, step)


def _rows(path: Path) -> list[dict[str, float]]:
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return [
            {name: float(value) for name, value in row.items() if value}
            for row in csv.DictReader(file)
        ]
