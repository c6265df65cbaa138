"""Logs the devel figures of every epoch and keeps the thresholds they give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lightning.pytorch.callbacks import Callback

from anomaly_fas.callbacks.score_frames import FrameScoreCollector, sample_scores
from anomaly_fas.metrics.analysis import HEADLINE, devel_thresholds, error_figures
from anomaly_fas.types import Split

if TYPE_CHECKING:
    import pandas as pd
    from lightning import Trainer

    from anomaly_fas.training.module import FrameScores, PadModule


class DevelMetrics(Callback):
    """After each devel pass: thresholds into the detector, figures to the loggers.

    Figures are logged as `devel/<scorer>/<figure>`; the headline scorer's ACER also as
    `devel_acer`, which the best checkpoint is chosen by.

    Attributes:
        table: score rows of the last devel pass, for other callbacks.
    """

    table: pd.DataFrame

    def __init__(self) -> None:
        self._frames = FrameScoreCollector()

    def on_validation_epoch_start(self, trainer: Trainer, pl_module: PadModule) -> None:  # type: ignore[override]
        """Start collecting afresh."""
        self._frames = FrameScoreCollector()

    def on_validation_batch_end(  # type: ignore[override]
        self,
        trainer: Trainer,
        pl_module: PadModule,
        outputs: FrameScores,
        *args: Any,
    ) -> None:
        """Collect a batch's scores."""
        self._frames.add(outputs)

    def on_validation_epoch_end(self, trainer: Trainer, pl_module: PadModule) -> None:  # type: ignore[override]
        """Take thresholds, log figures."""
        detector = pl_module.detector
        annotations = trainer.datamodule.source.annotations  # type: ignore[attr-defined]
        scorers = list(detector.scorers)
        self.table = sample_scores(self._frames.gather(), annotations, Split.DEVEL, scorers)
        for scorer in scorers:
            rows = self.table[self.table["scorer"] == scorer]
            thresholds = devel_thresholds(rows)
            detector.set_thresholds(scorer, thresholds)
            figures = error_figures(rows, thresholds[HEADLINE])
            pl_module.log_dict({f"devel/{scorer}/{name}": rate for name, rate in figures.items()})
            if scorer == detector.headline:
                pl_module.log("devel_acer", figures["acer"], prog_bar=True)
