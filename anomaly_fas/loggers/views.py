"""Define what a logger may take beside figures: pictures, and scores of a finished run."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, runtime_checkable

from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.metrics.summary import Summary


@runtime_checkable
class TakesPictures(Protocol):
    """A logger that shows pictures."""

    def log_picture(self, name: str, path: Path, step: int) -> None:
        """Show a PNG file under a name, as of a step."""


@runtime_checkable
class TakesScores(Protocol):
    """A logger that shows the scores of a finished run."""

    log_faces_and_subjects: bool

    def log_scores(self, table: ScoreTable, summary: Summary, step: int) -> None:
        """Show a score table and its figures."""
