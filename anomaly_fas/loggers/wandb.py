"""Show a run at Weights & Biases, which never stops the run itself."""

from __future__ import annotations

import hashlib
import logging
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, Final, Literal, ParamSpec

from lightning.pytorch.loggers.logger import Logger
from lightning.pytorch.utilities import rank_zero_only

from anomaly_fas.loggers.run_label import run_label, without_places
from anomaly_fas.loggers.wandb_state import is_logged_in
from anomaly_fas.metrics.analysis import HEADLINE
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.metrics.summary import Summary

_P = ParamSpec("_P")
_Mode = Literal["online", "offline", "disabled"]

_QUIET: Final[Mapping[str, Any]] = {
    "console": "off",  # what is printed may name samples
    "disable_git": True,
    "save_code": False,
    "x_disable_meta": True,  # command line, folders, names of host and user
    "x_disable_machine_info": True,
    "init_timeout": 30.0,
    "finish_timeout": 600.0,  # a server that is gone; `wandb sync` sends the rest
}
"""Settings under which W&B gathers nothing by itself."""

_ANONYMOUS: Final = ("split", "label", "pai", "pai_fine", "dataset", "scorer", "score")
"""Score columns that name nobody."""

_NAME_LETTERS: Final = 128
"""Longest name that W&B takes."""

_log = logging.getLogger(__name__)


def _harmless(
    method: Callable[Concatenate[RunWandbLogger, _P], None],
) -> Callable[Concatenate[RunWandbLogger, _P], None]:
    """Print the first failure of W&B, and skip all later calls."""

    @wraps(method)
    def guarded(logger: RunWandbLogger, /, *args: _P.args, **kwargs: _P.kwargs) -> None:
        if logger.failed:
            return
        try:
            method(logger, *args, **kwargs)
        except Exception as error:  # of whatever kind: it is a view of the run, and not the run
            logger.failed = True
            _log.warning(
                "W&B gets no more of this run (%s); all is in %s", _line(error), logger.save_dir
            )

    return rank_zero_only(guarded)


class RunWandbLogger(Logger):
    """Log into one W&B run for each job, begun with the first figures.

    Its id follows from study, config and seed, so that a resumed job goes on in its run. The first
    failure of W&B is printed, sets `failed`, and never stops the job.

    Args:
        folder: run folder; W&B's files go to `wandb` in it.
        facts: facts of the run: `study`, `config_hash`, `seed`, `overrides`.
        run_name: name of a run without overrides.
        project: project at W&B.
        offline: whether everything stays in the folder until `wandb sync` sends it.
        log_faces_and_subjects: whether to log pictures of faces and the ids of samples, subjects
            and sessions.
        init: further arguments of `wandb.init`, such as `entity` or `tags`.
    """

    def __init__(
        self,
        folder: str,
        facts: Mapping[str, Any],
        run_name: str,
        project: str,
        *,
        offline: bool,
        log_faces_and_subjects: bool = False,
        init: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self.log_faces_and_subjects = log_faces_and_subjects
        self.failed = False
        self._folder, self._project, self._offline = Path(folder), project, offline
        self._data_dir = str(self._folder.resolve() / "wandb")
        self._run: Any = None
        self._config: dict[str, Any] = {}
        self._init = {
            "id": run_id(facts),
            "group": facts.get("study"),
            "name": run_label(facts.get("overrides", ()), run_name)[:_NAME_LETTERS],
            **(init or {}),
        }

    @property
    def name(self) -> str:
        """Project, as in Lightning's own logger."""
        return self._project

    @property
    def version(self) -> str:
        """Id of the run."""
        return str(self._init["id"])

    @property
    def save_dir(self) -> str:
        """Run folder."""
        return str(self._folder)

    @_harmless
    def log_hyperparams(self, params: Any) -> None:
        """Keep the run's config, without places on this machine."""
        left_out = ("logger", "run_folder")
        self._config = without_places({k: v for k, v in params.items() if k not in left_out})

    @_harmless
    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Log figures of a step."""
        self._begun().log(dict(metrics), step=step)

    @_harmless
    def log_picture(self, name: str, path: Path, step: int) -> None:
        """Show a picture."""
        import wandb

        self._begun().log({name: wandb.Image(str(path))}, step=step)

    @_harmless
    def log_scores(self, table: ScoreTable, summary: Summary, step: int) -> None:
        """Show the score table, anonymous by default, and put final figures into the summary."""
        import wandb

        rows = table.rows if self.log_faces_and_subjects else table.rows[list(_ANONYMOUS)]
        # In an order that tells nothing of the order of the samples.
        rows = rows.sort_values([*_ANONYMOUS], ignore_index=True)
        self._begun().log({"scores": wandb.Table(dataframe=rows)}, step=step)
        self._begun().summary.update(_final(table.facts["thresholds"], summary))

    def finalize(self, status: str) -> None:
        """Close the run in a process that was started for this stage, where nobody else will."""
        if multiprocessing.parent_process() is not None:
            self.close(failed=status != "success")

    @_harmless
    def close(self, *, failed: bool) -> None:
        """End the run, so that the next job of this process begins one of its own."""
        run, self._run = self._run, None
        if run is not None:
            if os.environ.get("WANDB_DATA_DIR") == self._data_dir:
                del os.environ["WANDB_DATA_DIR"]
            run.finish(exit_code=int(failed))

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the run: another process begins or resumes it by itself."""
        return self.__dict__ | {"_run": None}

    def _begun(self) -> Any:
        if self._run is None:
            # W&B reports its own faults to its makers otherwise, and copies tables to the home.
            os.environ.setdefault("WANDB_ERROR_REPORTING", "false")
            os.environ.setdefault("WANDB_DATA_DIR", self._data_dir)
            if os.environ.get("WANDB_MODE") == "":  # as good as unset, but not to W&B
                del os.environ["WANDB_MODE"]
            self._run = self._begin(self._mode())
        return self._run

    def _mode(self) -> _Mode:
        if os.environ.get("WANDB_MODE") == "disabled":
            return "disabled"
        if self._offline:
            return "offline"
        if is_logged_in():
            return "online"
        # It would ask for a key, and a run in a terminal would wait for the answer.
        _log.warning("W&B is offline for this run, for nobody is logged in: `wandb login`")
        return "offline"

    def _begin(self, mode: _Mode) -> Any:
        import wandb

        is_silent = os.environ.get("WANDB_SILENT", "true") == "true"
        settings = wandb.Settings(silent=is_silent, **_QUIET)
        try:
            wandb.setup(settings)  # or it speaks before it has read the settings
            return wandb.init(
                project=self._project,
                dir=str(self._folder),
                mode=mode,
                resume="allow",
                reinit="finish_previous",
                config=self._config,
                settings=settings,
                **self._init,
            )
        except Exception as error:
            if mode != "online":
                raise
            _log.warning("W&B is offline for this run: %s", _line(error))
            wandb.teardown()  # what is left of the attempt still has the id
            return self._begin("offline")


def _line(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"


def run_id(facts: Mapping[str, Any]) -> str:
    """Return the id of a run at W&B: the same for the same config and seed in a study."""
    which = [str(facts.get(name, "")) for name in ("study", "config_hash", "seed")]
    return hashlib.sha256("\n".join(which).encode()).hexdigest()[:16]


@contextmanager
def wandb_closed_after(loggers: Iterable[Logger]) -> Iterator[None]:
    """End the W&B runs of loggers when the block ends, in whatever way."""
    own = [logger for logger in loggers if isinstance(logger, RunWandbLogger)]
    failed = True
    try:
        yield
        failed = False
    finally:
        for logger in own:
            logger.close(failed=failed)


def _final(thresholds: Mapping[str, Mapping[str, float]], summary: Summary) -> dict[str, float]:
    """Collect final figures at the headline threshold, and all thresholds, of every scorer."""
    figures = {
        f"final/{scorer}/{split}/{name}": value
        for scorer, splits in summary.items()
        for split, by_threshold in splits.items()
        for name, value in by_threshold[HEADLINE].items()
    }
    return figures | {
        f"threshold/{scorer}/{name}": value
        for scorer, named in thresholds.items()
        for name, value in named.items()
    }
