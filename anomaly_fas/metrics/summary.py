"""`metrics.json`: every figure of a score table at every threshold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from anomaly_fas.errors import DataError
from anomaly_fas.files import write_text
from anomaly_fas.metrics.analysis import HEADLINE, error_figures
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.types import Label, Split

Summary = dict[str, dict[str, dict[str, dict[str, float]]]]
"""Scorer to split to threshold to figure."""


def summarise(table: ScoreTable) -> Summary:
    """Compute the figures of each scorer and split at each stored threshold.

    A split without bona fide samples or without attacks is left out.
    """
    return {
        scorer: {
            split: {
                name: error_figures(rows, threshold)
                for name, threshold in table.facts["thresholds"][scorer].items()
            }
            for split in table.rows["split"].unique()
            if (rows := table.of(scorer, split))["label"].nunique() == len(Label)
        }
        for scorer in table.scorers
    }


def headline_figures(summary: Summary) -> dict[str, float]:
    """Select the test figures of each scorer at its headline threshold, as loggers name them."""
    return {
        f"test/{scorer}/{name}": rate
        for scorer, splits in summary.items()
        for name, rate in splits[Split.TEST][HEADLINE].items()
    }


def write_summary(table: ScoreTable, summary: Summary, path: Path) -> None:
    """Write the figures with the facts of the run that they come from.

    Raises:
        RunError: the file cannot be written.
    """
    rows = table.rows[table.rows["scorer"] == table.scorers[0]]
    samples = {
        split: {label: int((own["label"] == label).sum()) for label in Label}
        for split, own in rows.groupby("split")
    }
    content = {"facts": table.facts, "samples": samples, "figures": summary}
    write_text(path, json.dumps(content, indent=2) + "\n")


def read_summary(path: Path) -> dict[str, Any]:
    """Read what `write_summary` wrote.

    Raises:
        DataError: the file is missing or damaged.
    """
    try:
        content: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise DataError(f"cannot read {path}: {error}") from error
    return content
