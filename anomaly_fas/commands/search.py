"""`anomaly-fas search`: search for the settings of the least devel ACER."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

from anomaly_fas.commands.app import FACE_GROUPS, run_app
from anomaly_fas.errors import ConfigError, DataError, RunError
from anomaly_fas.runs.outcome import is_reported

if TYPE_CHECKING:
    from anomaly_fas.search.study import SearchStudy

_SHOWN: Final = 12  # differences that a message has room for

_NOTHING: Final = object()

_NO_MULTIRUN: Final = "a search is no multirun: leave out -m, and give its space instead"


def main() -> None:
    """The subcommand."""
    if sys.argv[2:3] == ["show"]:
        run_app("search", show, aliases={"name": "search.name"}, words=2, no_multirun=_NO_MULTIRUN)
    else:
        sys.argv[2:] = _hydra_arguments(sys.argv[2:])
        run_app("search", search, aliases=FACE_GROUPS, no_multirun=_NO_MULTIRUN)


def _hydra_arguments(arguments: Sequence[str]) -> list[str]:
    """Let `search.space=` take the name of a file, or a space."""
    replaced: list[str] = []
    for argument in arguments:
        key, _, value = argument.partition("=")
        if key != "search.space":
            replaced.append(argument)
        elif value.startswith("{"):
            replaced += ["search/space=empty", f"+{argument}"]
        else:
            replaced.append(f"search/space={value}")
    return replaced


def search(config: DictConfig) -> None:
    """Run trials until there are as many as wanted, and say which was best."""
    _need_optuna()
    from anomaly_fas.search.space import distributions, first_values
    from anomaly_fas.search.study import SearchStudy
    from anomaly_fas.search.trial import search_folder, search_settings, trial_runs
    from anomaly_fas.search.worker import work

    options: Any = OmegaConf.to_container(config.search, resolve=True)
    space = distributions(options["space"])
    # A key that the config lacks is told here, before anything is begun.
    settings = search_settings(config, options["space"], first_values(space))
    folder = search_folder(config)
    study = SearchStudy(folder)
    _check_same(study.settle(settings), settings, folder)
    if options["workers"] == 1:
        sampler = instantiate(config.search.sampler)
        take = partial(study.claim_next, space, options["trials"], sampler, options["seed"])
        work(study, folder, partial(trial_runs, config), take)
    else:
        _run_workers(config, folder)
    if not is_reported():  # one of several workers
        _print(study, folder)


def _run_workers(config: DictConfig, folder: Path) -> None:
    """Run the same command in several processes, each with its share of the machine."""
    from anomaly_fas.sweeps.job import SweepJob
    from anomaly_fas.sweeps.local import of_machine
    from anomaly_fas.sweeps.process import run_jobs

    runtime = config.runtime
    slots = of_machine(config.search.workers, runtime.devices, runtime.accelerator)
    arguments = ("-m", "anomaly_fas", *sys.argv[1:], "search.workers=1")
    jobs = [
        SweepJob(arguments, Path.cwd(), folder / "logs" / f"worker-{number}.log", label="worker")
        for number in range(len(slots))
    ]
    for outcome in run_jobs(jobs, slots, show_output=True):
        if outcome.is_failure:
            raise RunError(f"{outcome.reason} (log of the worker: {outcome.log})")


def show(config: DictConfig) -> None:
    """Print what is known of a search by now."""
    _need_optuna()
    from anomaly_fas.search.results import write_results
    from anomaly_fas.search.study import SearchStudy
    from anomaly_fas.search.trial import search_folder

    folder = search_folder(config)
    if not folder.is_dir():
        there = ", ".join(sorted(path.name for path in folder.parent.glob("*/"))) or "none"
        raise DataError(f"there is no search {folder}; name one by `name=…` (there: {there})")
    study = SearchStudy(folder)
    with study.lock:
        write_results(folder, study.trials)
    _print(study, folder)


def _need_optuna() -> None:
    try:
        importlib.import_module("optuna")
    except ImportError as error:
        raise ConfigError("a search needs Optuna: pip install 'anomaly-fas[search]'") from error


def _check_same(there: Mapping[str, Any], settings: Mapping[str, Any], folder: Path) -> None:
    """Refuse to go on with a search that was begun with other settings."""
    here = json.loads(json.dumps(settings))
    differing = [
        f"{key}: {there.get(key, 'nothing')} there, {here.get(key, 'nothing')} here"
        for key in sorted({*there, *here}, key=lambda k: (not k.startswith("search."), k))
        if there.get(key, _NOTHING) != here.get(key, _NOTHING)
    ]
    if differing:
        more = [f"and {len(differing) - _SHOWN} more"] if len(differing) > _SHOWN else []
        raise ConfigError(
            f"{folder} holds a search of another space or objective; give this one a name "
            + "\n  ".join(["of its own by `search.name=…`.", *differing[:_SHOWN], *more])
        )


def _print(study: SearchStudy, folder: Path) -> None:
    from anomaly_fas.search.results import RESULTS, shown

    print(shown(study.trials))
    if written := [str(folder / name) for name in RESULTS if (folder / name).exists()]:
        print("written:", ", ".join(written))
        print(f"all runs: anomaly-fas table study=search-{folder.name}")
