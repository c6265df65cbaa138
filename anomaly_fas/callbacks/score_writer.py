"""Writes the score file and the figures of a finished run."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from lightning.pytorch.callbacks import Callback

from anomaly_fas.callbacks.score_frames import FrameScoreCollector, sample_scores
from anomaly_fas.metrics.analysis import HEADLINE
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.metrics.summary import Summary, summarise, write_summary
from anomaly_fas.types import Split

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lightning import Trainer

    from anomaly_fas.training.module import FrameScores, PadModule


class ScoreWriter(Callback):
    """After the test pass over devel and test: `scores.parquet`, and last of all `metrics.json`.

    The thresholds are those that the checkpoint carries. The files are written by one process,
    and `metrics.json` when all callbacks have done theirs: it says that the run is finished.

    Args:
        folder: the run folder.
        facts: what is known of the run; the thresholds are added.

    Attributes:
        table: what was written, for other callbacks.
    """

    table: ScoreTable

    def __init__(self, folder: str, facts: Mapping[str, Any]) -> None:
        self._folder = Path(folder)
        self._facts = dict(facts)
        self._summary: Summary = {}
        self._frames: dict[int, FrameScoreCollector] = {}

    def on_test_epoch_start(self, trainer: Trainer, pl_module: PadModule) -> None:  # type: ignore[override]
        """Start collecting afresh."""
        self._frames = defaultdict(FrameScoreCollector)

    def on_test_batch_end(  # type: ignore[override]
        self,
        trainer: Trainer,
        pl_module: PadModule,
        outputs: FrameScores,
        batch: Any,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        """Collect a batch's scores."""
        self._frames[dataloader_idx].add(outputs)

    def on_test_epoch_end(self, trainer: Trainer, pl_module: PadModule) -> None:  # type: ignore[override]
        """Write and log everything."""
        detector = pl_module.detector
        annotations = trainer.datamodule.source.annotations  # type: ignore[attr-defined]
        scorers = list(detector.scorers)
        splits: list[Split] = trainer.datamodule.scored_splits  # type: ignore[attr-defined]
        rows = pd.concat(
            [
                sample_scores(self._frames[number].gather(), annotations, split, scorers)
                for number, split in enumerate(splits)
            ],
            ignore_index=True,
        )
        thresholds = {
            scorer: {name: detector.threshold(scorer, name) for name in detector.threshold_names}
            for scorer in scorers
        }
        self.table = ScoreTable(rows, self._facts | {"thresholds": thresholds})
        self._summary = summarise(self.table)
        if trainer.is_global_zero:
            self.table.write(self._folder / "scores.parquet")
        pl_module.log("step", float(trainer.global_step))  # Lightning's own count is not saved
        for scorer, figures_of in self._summary.items():
            figures = figures_of[Split.TEST][HEADLINE]
            pl_module.log_dict({f"test/{scorer}/{name}": rate for name, rate in figures.items()})

    def teardown(self, trainer: Trainer, pl_module: PadModule, stage: str) -> None:  # type: ignore[override]
        """Write what is looked for when it is asked whether the run is finished."""
        if stage == "test" and trainer.is_global_zero:
            write_summary(self.table, self._summary, self._folder / "metrics.json")
