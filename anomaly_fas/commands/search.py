"""`anomaly-fas search`: the settings of the least devel ACER, found by trying."""

from __future__ import annotations

import importlib
import json
import sys
from typing import TYPE_CHECKING, Any, Final

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from hydra.utils import instantiate
from omegaconf import OmegaConf

from anomaly_fas.commands.app import run_app
from anomaly_fas.errors import ConfigError, DataError
from anomaly_fas.runs.face_groups import FACE_GROUPS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from omegaconf import DictConfig

    from anomaly_fas.search.trials import Trials

_SHOWN: Final = 12
"""Differences that a message has room for."""

_NOTHING: Final = object()


def main() -> None:
    """The subcommand."""
    if sys.argv[2:3] == ["show"]:
        run_app("search", show, aliases={"name": "search.name"}, words=2)
    else:
        sys.argv[2:] = _hydra_arguments(sys.argv[2:])
        run_app("search", search, aliases=FACE_GROUPS)


def _hydra_arguments(arguments: Sequence[str]) -> list[str]:
    """What `search.space=` is followed by may be the name of a file, or a space."""
    found = []
    for argument in arguments:
        key, _, value = argument.partition("=")
        if key == "search.space" and not value.startswith("{"):
            found.append(f"search/space={value}")
        elif key == "search.space":
            found += ["search/space=empty", f"+{argument}"]
        else:
            found.append(argument)
    return found


def search(config: DictConfig) -> None:
    """Run trials until there are as many as wanted, and say which was best."""
    _need_optuna()
    if HydraConfig.get().mode is RunMode.MULTIRUN:
        raise ConfigError("a search is no multirun: leave out -m, and give its space instead")
    from anomaly_fas.search.loop import SearchLoop
    from anomaly_fas.search.plan import SearchPlan
    from anomaly_fas.search.space import distributions, first_values
    from anomaly_fas.search.trials import Trials

    own: Any = OmegaConf.to_container(config.search, resolve=True)
    space = distributions(own["space"])
    plan = SearchPlan.of(config)
    # A key that the config lacks is told here, before anything is begun.
    settings = plan.settings(own["space"], first_values(space))
    trials = Trials(plan.folder)
    _check_same(trials, settings, plan.folder)
    sampler = instantiate(config.search.sampler)
    SearchLoop(
        trials, plan, lambda: trials.claim_next(space, own["trials"], sampler, own["seed"])
    ).run(_slots(config))
    _print(trials, plan.folder)


def _slots(config: DictConfig) -> list[dict[str, str]]:
    """What the runs of each worker are given of the machine: one has it as it is."""
    if config.search.workers == 1:
        return [{}]
    from anomaly_fas.sweeps.slots import slots, usable_cores, visible_gpus

    gpus = [] if config.runtime.accelerator == "cpu" else visible_gpus()
    devices = config.runtime.devices if isinstance(config.runtime.devices, int) else 1
    return slots(config.search.workers, devices, gpus, usable_cores())


def show(config: DictConfig) -> None:
    """Print what is known of a search by now."""
    _need_optuna()
    from anomaly_fas.search.plan import search_folder
    from anomaly_fas.search.trials import Trials

    folder = search_folder(config)
    if not folder.is_dir():
        there = ", ".join(sorted(path.name for path in folder.parent.glob("*/"))) or "none"
        raise DataError(f"there is no search {folder}; name one by `name=…` (there: {there})")
    trials = Trials(folder)
    trials.write_results()
    _print(trials, folder)


def _need_optuna() -> None:
    try:
        importlib.import_module("optuna")
    except ImportError as error:
        raise ConfigError("a search needs Optuna: pip install 'anomaly-fas[search]'") from error


def _check_same(trials: Trials, settings: Mapping[str, Any], folder: Path) -> None:
    """Refuse to go on with a search that was begun with other settings."""
    there, here = trials.settle(settings), json.loads(json.dumps(settings))
    differing = [
        f"{key}: {there.get(key, 'nothing')} there, {here.get(key, 'nothing')} here"
        # Its own keys come first, then what all trials are trained with.
        for key in sorted(
            there.keys() | here.keys(), key=lambda k: (not k.startswith("search."), k)
        )
        if there.get(key, _NOTHING) != here.get(key, _NOTHING)
    ]
    if differing:
        more = [f"and {len(differing) - _SHOWN} more"] if len(differing) > _SHOWN else []
        raise ConfigError(
            f"{folder} holds a search of another space or objective; give this one a name "
            + "\n  ".join(["of its own by `search.name=…`.", *differing[:_SHOWN], *more])
        )


def _print(trials: Trials, folder: Path) -> None:
    from anomaly_fas.search.results import RESULTS, shown

    print(shown(trials.outcomes()))
    if written := [str(folder / name) for name in RESULTS if (folder / name).exists()]:
        print("written:", ", ".join(written))
        print(f"all runs: anomaly-fas table study=search-{folder.name}")
