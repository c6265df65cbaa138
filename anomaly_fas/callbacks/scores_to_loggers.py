"""Hand the scores of a finished run to the loggers that can show them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pandas as pd
from lightning import Trainer
from lightning.pytorch.callbacks import Callback
from lightning.pytorch.loggers.logger import Logger

from anomaly_fas.data.datamodule import datamodule_of
from anomaly_fas.loggers.views import TakesPictures, TakesScores
from anomaly_fas.metrics.analysis import HEADLINE
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.metrics.summary import Summary
from anomaly_fas.plots.style import save
from anomaly_fas.plots.worst_errors import Error, worst_errors_figure
from anomaly_fas.training.module import PadModule
from anomaly_fas.types import Label, Split

_ERRORS: Final = 12
"""Shown as pictures, where pictures of faces are allowed."""


class ScoresToLoggers(Callback):
    """After the test pass: score table, final figures, and the worst errors where allowed."""

    def on_test_end(self, trainer: Trainer, pl_module: PadModule) -> None:  # type: ignore[override]
        """Hand everything over, from the first process."""
        if not trainer.is_global_zero:
            return
        table = pl_module.results
        hand_scores_over(table, pl_module.summary, trainer.loggers, trainer.global_step)
        for logger in trainer.loggers:
            allows_faces = isinstance(logger, TakesScores) and logger.log_faces_and_subjects
            if allows_faces and isinstance(logger, TakesPictures):
                self._show_errors(trainer, table, logger)

    def _show_errors(self, trainer: Trainer, table: ScoreTable, logger: TakesPictures) -> None:
        scorer = table.scorers[0]
        threshold = table.facts["thresholds"][scorer][HEADLINE]
        worst = _worst_errors(table.of(scorer, Split.TEST), threshold)
        if worst.empty:
            return
        source = datamodule_of(trainer).source
        place = pd.Series(range(len(source.annotations)), source.annotations["sample_id"])
        errors = [
            Error(source.frame(int(place[name]), 0), name, score, pai or str(Label.BONA_FIDE))
            for name, score, pai in worst[["sample_id", "score", "pai"]].itertuples(index=False)
        ]
        path = Path(trainer.default_root_dir) / "figures" / "test_worst_errors.png"
        save(worst_errors_figure(errors, f"Worst errors, {scorer}, test"), path)
        logger.log_picture("figures/test_worst_errors", path, trainer.global_step)


def hand_scores_over(
    table: ScoreTable, summary: Summary, loggers: Iterable[Logger], step: int
) -> None:
    """Give a finished run's scores and their figures to those of its loggers that show scores."""
    for logger in loggers:
        if isinstance(logger, TakesScores):
            logger.log_scores(table, summary, step)


def _worst_errors(rows: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """Find the samples that lie farthest on the wrong side of a threshold, farthest first."""
    is_attack = rows["label"] == Label.ATTACK
    wrong = rows[is_attack != (rows["score"] >= threshold)]
    farthest = (wrong["score"] - threshold).abs().sort_values(ascending=False, kind="stable")
    return wrong.loc[farthest.index[:_ERRORS]]
