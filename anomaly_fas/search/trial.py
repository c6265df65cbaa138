"""A trial of a search: the training runs that it consists of, each a process of its own."""

import time
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any, Final, NamedTuple

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

from anomaly_fas.metrics.analysis import HEADLINE
from anomaly_fas.metrics.summary import read_summary
from anomaly_fas.runs import saved_config
from anomaly_fas.runs.composition import composed
from anomaly_fas.runs.folder import RunFolder, distinguishing, hashed_part, locate, plain
from anomaly_fas.runs.outcome import Outcome, State
from anomaly_fas.runs.session import is_held
from anomaly_fas.search.space import Values, as_overrides
from anomaly_fas.sweeps.job import SweepJob, repeat_command
from anomaly_fas.sweeps.process import run_job
from anomaly_fas.types import Split

TRAIN: Final = ("-m", "anomaly_fas", "train")
"""Python's arguments to train a run."""

_POLL: Final = 0.3  # seconds between looks at a run that another process holds

_RESUMED: Final = 3
"""Times that a run is resumed after somebody stopped its process; then it has failed."""


class TrialRun(NamedTuple):
    """A training run of a trial, and the command that trains it outside of the search."""

    config: DictConfig
    folder: RunFolder
    command: str


def search_folder(config: DictConfig) -> Path:
    """Return the folder of a search."""
    return Path(config.paths.output_dir) / "search" / str(config.search.name)


def trial_runs(config: DictConfig, values: Values) -> Sequence[TrialRun]:
    """Compose the runs of a trial: one for each of the search's protocols and seeds.

    The overrides of the search's command line hold for every trial.

    Raises:
        HydraException: the config has no such keys.
        AnomalyFasError: a value is none that it may be.
    """
    settings = HydraConfig.get()
    given = [word for word in settings.overrides.task if not word.lstrip("+~").startswith("search")]
    runs = []
    for protocol, seed in product(config.search.protocols or [""], config.search.seeds):
        overrides = [*given, *protocol.split(), f"seed={seed}", *as_overrides(values)]
        run = composed("train", [*overrides, f"study_name=search-{config.search.name}"])
        run.overrides = distinguishing(overrides)
        _, folder, _ = locate(run)
        runs.append(TrialRun(run, folder, repeat_command(["train"], overrides, settings)))
    return runs


def search_settings(config: DictConfig, space: Mapping[str, Any], values: Values) -> dict[str, Any]:
    """List what must not change while a search goes on, flat: dotted key to value.

    Args:
        config: config of the search.
        space: keys of the config to choices or ranges, as in the config.
        values: a point of the space: default values of its keys make no difference.

    Raises:
        HydraException: the config has no such keys.
    """
    first = trial_runs(config, values)[0]
    return {
        **{f"search.space.{key}": entry for key, entry in space.items()},
        "search.seeds": list(config.search.seeds),
        "search.protocols": list(config.search.protocols) or [""],
        **hashed_part(plain(first.config)),
    }


def train(run: TrialRun, config: Path, log: Path) -> Outcome:
    """Train a run unless it is finished, or wait for the process that holds it.

    Args:
        run: run to train.
        config: file to save its config in.
        log: file for its output.
    """
    saved_config.save(run.config, config)
    arguments = (*TRAIN, *saved_config.arguments(config))
    job = SweepJob(arguments, Path.cwd(), log, label=run.command)
    stopped = 0
    while True:
        while is_held(run.folder.path):  # a worker that was killed may still be saving and ending
            time.sleep(_POLL)
        if run.folder.is_finished:
            return Outcome(State.FINISHED, log=log)
        outcome = run_job(job)
        stopped += outcome.state is State.STOPPED
        is_resumed = outcome.state is State.STOPPED and stopped <= _RESUMED
        if outcome.is_failure and not is_resumed:
            return outcome


def devel_acer(run: Path) -> float:
    """Read the devel ACER of a finished run: of its first scorer, at its own EER threshold.

    Raises:
        DataError: its figures cannot be read.
    """
    figures = read_summary(run / "metrics.json")["figures"]
    return float(next(iter(figures.values()))[Split.DEVEL][HEADLINE]["acer"])
