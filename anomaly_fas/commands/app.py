"""Runs a subcommand as a Hydra app, and shows a user's mistakes without a traceback."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import hydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException
from omegaconf.errors import OmegaConfBaseException

from anomaly_fas.config_folder import config_dir, config_name
from anomaly_fas.errors import AnomalyFasError
from anomaly_fas.interruption import give_back, take_for_ctrl_c
from anomaly_fas.runs.composition import register_resolvers
from anomaly_fas.runs.orphan import end_with_parent
from anomaly_fas.runs.outcome import INTERRUPTED, MISTAKE, mistake
from anomaly_fas.runs.override_keys import refuse_renamed, with_nearest
from anomaly_fas.sweeps.command import Command

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from omegaconf import DictConfig


def run_app(
    name: str,
    task: Callable[[DictConfig], None],
    aliases: Mapping[str, str] | None = None,
    words: int = 1,
    is_finished: Callable[[DictConfig], bool] | None = None,
    place: Callable[[DictConfig], Path | None] | None = None,
) -> None:
    """Run a task with the config that the command line makes of `config_name`.

    A user's mistake is shown, and the exit code then is 2; 75 where a run is another process's.
    In a sweep no run that fails stops another; see `sweep`. SIGTERM is taken for Ctrl-C.

    Args:
        name: of the command's config.
        task: what is run; in a sweep, once a job.
        aliases: keys of the command line to keys of the config, for keys that Hydra would take
            for the group of the same name.
        words: that the command is named by.
        is_finished: whether the run of a config need not be made any more.
        place: where its results go; of a sweep's runs with the same one, the first is made.
    """
    register_resolvers()
    command_line = list(sys.argv)
    command = Command(task, command_line, words, is_finished, place)
    # Let Hydra raise what is wrong with a command line instead of printing it and ending.
    os.environ["HYDRA_FULL_ERROR"] = "1"
    # It reads everything after the program's name as overrides.
    program, arguments = command_line[: 1 + words], command_line[1 + words :]
    sys.argv = [
        " ".join(program),
        *(_as_hydra_reads(argument, aliases or {}) for argument in arguments),
    ]
    app = hydra.main(str(config_dir()), config_name(name), version_base="1.3")(command)
    taken = take_for_ctrl_c()
    try:
        end_with_parent()
        refuse_renamed(arguments)
        app()
    except (AnomalyFasError, HydraException, OmegaConfBaseException) as error:
        command.exit_code = MISTAKE
        print(f"error: {with_nearest(str(mistake(error)), name)}", file=sys.stderr)
    except KeyboardInterrupt:
        _stop_interrupted()
    finally:
        give_back(taken)
        sys.argv = command_line
    if command.exit_code:
        sys.exit(command.exit_code)


def _as_hydra_reads(argument: str, aliases: Mapping[str, str]) -> str:
    """An argument, its key renamed, and its value in quotes where Hydra could not read it.

    It takes letters of English alone, and neither `=`, as run folders have, nor brackets, as copies
    of folders have: paths may have all of them.
    """
    key, equals, value = argument.partition("=")
    key = aliases.get(key, key)
    is_list = set(value) & set('"[]{}') or ("/" not in value and set(value) & set("'()"))
    if is_list or _is_readable(f"{key}{equals}{value}"):
        return f"{key}{equals}{value}"
    quoted = [part.replace("'", "\\'") for part in value.split(",")]
    return f"{key}{equals}" + ",".join(f"'{part}'" for part in quoted)


def _is_readable(argument: str) -> bool:
    """Whether Hydra can read it; what it never reads as a value, such as `--help`, is."""
    if "=" not in argument or argument.startswith("-"):
        return True
    try:
        OverridesParser.create().parse_override(argument)
    except HydraException:
        return False
    return True


def _stop_interrupted() -> None:
    print(
        "\ninterrupted: what was finished is kept, and the same command goes on from there",
        file=sys.stderr,
    )
    sys.exit(INTERRUPTED)
