"""Score histogram and DET curve as images, in the run folder and at the loggers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pandas as pd
from lightning import Trainer
from lightning.pytorch.callbacks import Callback
from lightning.pytorch.loggers.logger import Logger
from matplotlib.figure import Figure

from anomaly_fas.loggers.views import TakesPictures
from anomaly_fas.metrics.analysis import HEADLINE, UNNAMED, by_label
from anomaly_fas.plots.det import DetSystem, det_figure
from anomaly_fas.plots.histogram import score_histogram
from anomaly_fas.plots.style import save
from anomaly_fas.training.module import PadModule
from anomaly_fas.types import Label


class Figures(Callback):
    """Draws devel scores every few epochs, and devel and test scores at the end.

    Args:
        every_epochs: epochs between drawings of devel; 0 draws none before the end.
    """

    def __init__(self, every_epochs: int) -> None:
        self._every = every_epochs

    def on_validation_end(self, trainer: Trainer, pl_module: PadModule) -> None:  # type: ignore[override]
        """Draw devel when it is due."""
        due = self._every and (trainer.current_epoch + 1) % self._every == 0
        if due and trainer.state.fn == "fit" and trainer.is_global_zero:
            self._draw(trainer, pl_module, pl_module.devel_rows)

    def on_test_end(self, trainer: Trainer, pl_module: PadModule) -> None:  # type: ignore[override]
        """Draw devel and test."""
        if trainer.is_global_zero:
            self._draw(trainer, pl_module, pl_module.results.rows)

    def _draw(self, trainer: Trainer, pl_module: PadModule, table: pd.DataFrame) -> None:
        detector, folder = pl_module.detector, Path(trainer.default_root_dir)
        thresholds = {name: detector.threshold(name, HEADLINE) for name in detector.scorers}
        draw_scores(table, thresholds, folder, trainer.loggers, trainer.global_step)


def draw_scores(
    table: pd.DataFrame,
    thresholds: Mapping[str, float],
    folder: Path,
    loggers: Iterable[Logger],
    step: int,
) -> None:
    """Draw score rows into the run folder's `figures`, and show the pictures at the loggers.

    The histograms of a scorer show its threshold.
    """
    for name, figure in score_figures(table, thresholds):
        path = folder / "figures" / f"{name}.png"
        save(figure, path)
        for logger in loggers:
            if isinstance(logger, TakesPictures):
                logger.log_picture(f"figures/{name}", path, step)


def score_figures(
    table: pd.DataFrame, thresholds: Mapping[str, float]
) -> Iterator[tuple[str, Figure]]:
    """Draw the histogram of each scorer and split, and the DET curves of each split, by name."""
    for split, rows in table.groupby("split"):
        systems = {}
        for scorer, threshold in thresholds.items():
            own = rows[rows["scorer"] == scorer]
            bona_fide, attacks = by_label(own)
            systems[scorer] = DetSystem(bona_fide, attacks)
            groups = own[own["label"] == Label.ATTACK].groupby("pai")["score"]
            species = {str(name) or UNNAMED: scores.to_numpy() for name, scores in groups}
            histogram = score_histogram(bona_fide, species, threshold, f"{scorer}, {split}")
            yield f"{split}_{scorer}_histogram", histogram
        yield f"{split}_det", det_figure(systems, f"DET, {split}")
