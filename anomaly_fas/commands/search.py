"""`anomaly-fas search`: the settings of the least devel ACER, found by trying."""

from __future__ import annotations

import importlib
import json
import sys
from typing import TYPE_CHECKING, Any

from hydra.utils import instantiate
from omegaconf import OmegaConf

from anomaly_fas.commands.app import run_app
from anomaly_fas.commands.face_groups import FACE_GROUPS
from anomaly_fas.commands.wandb_state import register_resolver
from anomaly_fas.errors import ConfigError, DataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from omegaconf import DictConfig

    from anomaly_fas.commands.search_plan import SearchPlan
    from anomaly_fas.search.trials import Trials


def main() -> None:
    """The subcommand."""
    register_resolver()
    if sys.argv[2:3] == ["show"]:
        run_app("search", show, aliases={"name": "search.name"}, words=2)
    else:
        sys.argv[2:] = _hydra_arguments(sys.argv[2:])
        run_app("search", search, aliases=FACE_GROUPS)


def _hydra_arguments(arguments: Sequence[str]) -> list[str]:
    """`search.space=` may name a file or be a space; a study's own sweep is left out."""
    found = []
    for argument in arguments:
        key, _, value = argument.partition("=")
        if key == "search.space" and not value.startswith("{"):
            found.append(f"search/space={value}")
        elif key == "search.space":
            found += ["search/space=none", argument]
        else:
            found.append(argument)
    return [*found, "hydra.mode=RUN"]


def search(config: DictConfig) -> None:
    """Run trials until there are as many as wanted, and say which was best."""
    _need_optuna()
    from anomaly_fas.commands.search_loop import SearchLoop
    from anomaly_fas.commands.search_plan import SearchPlan
    from anomaly_fas.search.space import distributions, first_values
    from anomaly_fas.search.trials import Trials

    own: Any = OmegaConf.to_container(config.search, resolve=True)
    space = distributions(own["space"])
    plan = SearchPlan.of(config)
    plan.runs(first_values(space))  # a key that the config lacks is told before anything is begun
    trials = Trials(plan.folder)
    _check_same(trials, plan.settings(own["space"]), plan)
    sampler = instantiate(config.search.sampler)
    SearchLoop(
        trials, plan, lambda: trials.claim_next(space, own["trials"], sampler, own["seed"])
    ).run(own["workers"])
    _print(trials, plan.folder)


def show(config: DictConfig) -> None:
    """Print what is known of a search by now."""
    _need_optuna()
    from anomaly_fas.commands.search_plan import search_folder
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


def _check_same(trials: Trials, settings: Mapping[str, Any], plan: SearchPlan) -> None:
    """Refuse to go on with a search that was begun with other settings."""
    there, here = trials.settle(settings), json.loads(json.dumps(settings))
    differing = [
        f"{key}: {there.get(key, 'nothing')} there, {here.get(key, 'nothing')} here"
        for key in sorted(there.keys() | here.keys())
        if there.get(key) != here.get(key) or (key in there) != (key in here)
    ]
    if differing:
        raise ConfigError(
            f"{plan.folder} holds a search of another space or objective; give this one a name "
            + "\n  ".join(["of its own by `search.name=…`.", *differing])
        )


def _print(trials: Trials, folder: Path) -> None:
    from anomaly_fas.search.results import shown

    print(shown(trials.outcomes()))
    print(f"written: {folder}/trials.csv, best.yaml, search.png")
    print(f"all runs: anomaly-fas table study=search-{folder.name}")
