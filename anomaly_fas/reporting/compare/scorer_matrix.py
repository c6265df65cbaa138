"""EER of every scorer of every method of a block."""

import logging
from statistics import fmean

from anomaly_fas.metrics.analysis import by_label
from anomaly_fas.metrics.curves import eer
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.reporting.compare.blocks import Block
from anomaly_fas.reporting.study import Column, RunFacts, ScoreFile
from anomaly_fas.types import Split

_log = logging.getLogger(__name__)

Matrix = dict[str, dict[str, float]]
"""Scorer to method to EER, a fraction; a method lacks scorers that not all of its runs have."""


def scorer_matrix(block: Block) -> Matrix:
    """Compute the mean EER of every scorer over protocols and seeds.

    Scores that `anomaly-fas evaluate run=… scorer=[…]` left in a run's folder count too, if they
    are of the same test samples; others are passed over with a warning.

    Raises:
        DataError: a score file is damaged.
    """
    matrix: Matrix = {}
    for method, cells in block.methods.items():
        known = [_by_scorer(file) for file in cells.values()]
        for scorer in known[0]:
            if all(scorer in own for own in known):
                matrix.setdefault(scorer, {})[method] = fmean(own[scorer] for own in known)
    return matrix


def _tested(table: ScoreTable) -> set[tuple[str, str]]:
    rows = table.of(table.scorers[0], Split.TEST)
    return set(zip(rows["dataset"], rows["sample_id"], strict=True))


def _by_scorer(file: ScoreFile) -> dict[str, float]:
    tables = [file.table]
    path = file.path.parent / "evaluation" / file.path.name
    if path.exists():
        again = ScoreTable.read(path)
        is_column = Column.of(RunFacts.of_run(again, path)) == Column.of(file.facts)
        if is_column and _tested(again) == _tested(file.table):
            tables.append(again)
        else:
            _log.warning("%s is not of the test samples of its run, and left out", path)
    found: dict[str, float] = {}
    for table in tables:
        for scorer in table.scorers:
            if scorer not in found:
                found[scorer] = eer(*by_label(table.of(scorer, Split.TEST)))
    return found
