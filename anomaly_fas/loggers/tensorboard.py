"""Write TensorBoard's files in the run folder, with the figures as pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
from lightning.pytorch.loggers import TensorBoardLogger
from lightning.pytorch.utilities import rank_zero_only
from PIL import Image

from anomaly_fas.errors import ConfigError
from anomaly_fas.files import cannot_write
from anomaly_fas.metrics.analysis import HEADLINE
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.metrics.summary import Summary

_HYPERPARAMETERS: Final = ("study", "protocol", "lists", "method", "seed", "config_hash")
"""Run facts that the page of hyper-parameters has; all else stands in `config.yaml`."""


class RunTensorBoardLogger(TensorBoardLogger):
    """Log by Lightning's TensorBoard logger, into the folder `tensorboard` of a run.

    Raises:
        ConfigError: TensorBoard is not installed.
        RunError: the files cannot be written; raised by all methods.
    """

    log_faces_and_subjects = False

    def __init__(self, folder: str) -> None:
        if find_spec("tensorboard") is None:
            raise ConfigError(
                "logger=tensorboard needs TensorBoard: pip install 'anomaly-fas[tensorboard]'"
            )
        super().__init__(save_dir=folder, name="tensorboard", version="")
        self._params: dict[str, Any] = {}

    @rank_zero_only
    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Log figures of a step; those of a resumed run replace the steps that it repeats."""
        if self._experiment is None:
            self._kwargs["purge_step"] = step
        with self._errors_named():
            super().log_metrics(metrics, step)

    @rank_zero_only
    def log_hyperparams(self, params: Any, *args: Any, **kwargs: Any) -> None:
        """Keep the few values of a run's config that tell runs of a study apart."""
        facts = params["run_facts"]
        self._params = {name: facts[name] for name in _HYPERPARAMETERS if name in facts}
        self._params["overrides"] = " ".join(facts.get("overrides", ()))

    @rank_zero_only
    def log_scores(self, table: ScoreTable, summary: Summary, step: int) -> None:
        """Log the final figures of the headline scorer as results of the hyper-parameters."""
        scorer = table.scorers[0]
        final = {
            f"final/{split}/{name}": figures[HEADLINE][name]
            for split, figures in summary[scorer].items()
            for name in ("acer", "apcer", "bpcer", "eer")
        }
        with self._errors_named():
            super().log_hyperparams(self._params, final, step)

    @rank_zero_only
    def log_picture(self, name: str, path: Path, step: int) -> None:
        """Show a picture."""
        with Image.open(path) as image:
            pixels = np.asarray(image.convert("RGB"))
        with self._errors_named():
            self.experiment.add_image(name, pixels, step, dataformats="HWC")

    @rank_zero_only
    def save(self) -> None:
        """Write what was logged; the config stands in the run folder's `config.yaml`."""
        if self._experiment is not None:
            with self._errors_named():
                self._experiment.flush()

    @contextmanager
    def _errors_named(self) -> Iterator[None]:
        """Name the folder in an error of the writing thread, which any later call raises."""
        try:
            yield
        except (OSError, ValueError) as error:  # the latter of Lightning, whatever was raised
            cause = error if isinstance(error, OSError) else error.__context__
            if not isinstance(cause, OSError):
                raise
            raise cannot_write(Path(self.log_dir), cause.strerror or str(cause)) from error
