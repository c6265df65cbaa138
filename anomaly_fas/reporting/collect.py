"""Finds the finished runs of a study and computes their test figures from their score files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from anomaly_fas.errors import DataError
from anomaly_fas.metrics.analysis import HEADLINE, error_figures
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.types import Split

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Result:
    """Test figures of one scorer of one run.

    Attributes:
        protocol: its name.
        lists: `leak_free` or `official`.
        data_kind: simulated, real or published.
        method: what was trained.
        scorer: what gave the scores.
        seed: of the run.
        config_hash: of the run.
        commit: that the run was made from; empty where it is not known.
        version: of this package.
        figures: fractions by name, at the threshold of equal error rates on devel.
    """

    protocol: str
    lists: str
    data_kind: str
    method: str
    scorer: str
    seed: int
    config_hash: str
    commit: str
    version: str
    figures: Mapping[str, float]


def collect(study: Path) -> list[Result]:
    """Every scorer of every finished run below a study's folder.

    Raises:
        DataError: there is none.
    """
    paths = sorted(study.glob("*/*/seed=*/scores.parquet"))
    finished = [path for path in paths if path.with_name("metrics.json").exists()]
    if not finished:
        raise DataError(f"no finished run in {study}: train some with study_name={study.name}")
    return [result for path in finished for result in _results(ScoreTable.read(path))]


def _results(table: ScoreTable) -> list[Result]:
    facts = table.facts
    return [
        Result(
            protocol=facts["protocol"],
            lists=facts["lists"],
            data_kind=facts["data_kind"],
            method=facts["method"],
            scorer=scorer,
            seed=facts["seed"],
            config_hash=facts["config_hash"],
            commit=facts["commit"],
            version=facts["version"],
            figures=error_figures(
                table.of(scorer, Split.TEST), facts["thresholds"][scorer][HEADLINE]
            ),
        )
        for scorer in table.scorers
    ]
