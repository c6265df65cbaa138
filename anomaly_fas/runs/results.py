"""Write and show the results of a finished run."""

from __future__ import annotations

import logging
from pathlib import Path

from lightning import Trainer
from lightning.pytorch.callbacks import Callback

from anomaly_fas.metrics.analysis import HEADLINE
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.metrics.summary import Summary, read_summary, write_summary
from anomaly_fas.training.module import PadModule

_log = logging.getLogger(__name__)


def write_results(table: ScoreTable, summary: Summary, folder: Path) -> None:
    """Write `scores.parquet`, and last of all `metrics.json`, which marks a run as finished.

    Raises:
        RunError: a file cannot be written.
    """
    table.write(folder / "scores.parquet")
    write_summary(table, summary, folder / "metrics.json")


class ResultWriter(Callback):
    """Write the results after the test pass, when all other callbacks have done their work.

    It is a callback because a process that Lightning has spawned can write them only here.
    """

    def teardown(self, trainer: Trainer, pl_module: PadModule, stage: str) -> None:  # type: ignore[override]
        """Write the results from the first process."""
        if stage == "test" and trainer.is_global_zero:
            write_results(pl_module.results, pl_module.summary, Path(trainer.default_root_dir))


def log_results(folder: Path) -> None:
    """Log the test figures of a folder of results."""
    summary = read_summary(folder / "metrics.json")
    for scorer, splits in summary["figures"].items():
        figures = splits["test"][HEADLINE]
        _log.info(
            "test, %s: ACER %.2f %% (APCER %.2f, BPCER %.2f), EER %.2f %%, AUC %.4f",
            scorer,
            *(100 * figures[name] for name in ("acer", "apcer", "bpcer", "eer")),
            figures["auc"],
        )
    _log.info("written to %s", folder)
