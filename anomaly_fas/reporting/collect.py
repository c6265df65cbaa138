"""Finds the finished runs of a study and computes their test figures from their score files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from anomaly_fas.errors import DataError
from anomaly_fas.metrics.analysis import HEADLINE, error_figures
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.reporting.run_facts import RunFacts
from anomaly_fas.types import Split

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class ScoreFile:
    """A score file and what is known of the run that wrote it."""

    path: Path
    table: ScoreTable
    facts: RunFacts


@dataclass(frozen=True)
class Result:
    """Test figures of one scorer of one run, at the threshold of equal error rates on devel.

    Attributes:
        facts: of the run.
        scorer: what gave the scores.
        figures: fractions by name.
    """

    facts: RunFacts
    scorer: str
    figures: Mapping[str, float]


def finished_runs(study: Path) -> list[ScoreFile]:
    """The score files of every finished run below a study's folder.

    Raises:
        DataError: there is none, or one is damaged.
    """
    paths = sorted(study.glob("*/*/seed=*/scores.parquet"))
    finished = [path for path in paths if path.with_name("metrics.json").exists()]
    if not finished:
        raise DataError(f"no finished run in {study}: train some with study_name={study.name}")
    tables = {path: ScoreTable.read(path) for path in finished}
    return [ScoreFile(path, table, RunFacts.of_run(table, path)) for path, table in tables.items()]


def results(files: Sequence[ScoreFile]) -> list[Result]:
    """The figures of every scorer of every run."""
    return [
        Result(
            facts=file.facts,
            scorer=scorer,
            figures=error_figures(
                file.table.of(scorer, Split.TEST),
                file.table.facts["thresholds"][scorer][HEADLINE],
            ),
        )
        for file in files
        for scorer in file.table.scorers
    ]
