"""Run a subcommand as a Hydra app, and show a user's mistakes without a traceback."""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import hydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException
from omegaconf import DictConfig

from anomaly_fas.config_folder import config_dir, config_name
from anomaly_fas.interruption import end_with_parent, give_back, take_for_ctrl_c
from anomaly_fas.runs.composition import register_resolvers
from anomaly_fas.runs.outcome import (
    BUSY,
    INTERRUPTED,
    MISTAKE,
    is_busy,
    mistake,
    of_error,
    report,
)
from anomaly_fas.runs.override_keys import refuse_renamed, with_nearest
from anomaly_fas.sweeps.command import Command

FACE_GROUPS: Final = {
    "face_detector": "face_detector@data.face_detector",
    "face_crop": "face_crop@data.face_crop",
}
"""Short names, on the command line, of the config groups that lie inside `data`."""

_INTERRUPTED: Final = (
    "interrupted: what was finished is kept, and the same command goes on from there"
)


def run_app(
    name: str,
    task: Callable[[DictConfig], None],
    aliases: Mapping[str, str] | None = None,
    words: int = 1,
    is_finished: Callable[[DictConfig], bool] | None = None,
    place: Callable[[DictConfig], Path | None] | None = None,
    no_multirun: str = "",
) -> None:
    """Run a task with the config that the command line makes.

    A user's mistake is shown, and the exit code then is 2; 75 where another process holds the run.
    A sweep starts this program again for each of its runs. SIGTERM is taken for Ctrl-C.

    Args:
        name: name of the command's config.
        task: function to run with the config.
        aliases: keys of the command line to keys of the config, for keys that Hydra would take
            for the group of the same name.
        words: number of words that name the command (2 for `protocols audit`).
        is_finished: whether the run of a config is finished, so that a sweep skips it.
        place: folder of a config's results; of a sweep's runs with the same one, the first is made.
        no_multirun: message that refuses a multirun of the command; empty where it may be one.
    """
    register_resolvers()
    command_line = list(sys.argv)
    program, arguments = command_line[: 1 + words], command_line[1 + words :]
    command = Command(name, task, command_line, program[1:], is_finished, place, no_multirun)
    # Let Hydra raise what is wrong with a command line instead of printing it and ending.
    os.environ["HYDRA_FULL_ERROR"] = "1"
    # It reads everything after the program's name as overrides.
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
        if command.error:
            raise command.error
    except BrokenPipeError:  # the reader of our output, such as `head`, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        print(f"\n{_INTERRUPTED}", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except BaseException as error:
        report(of_error(error))
        message = mistake(error)
        if message is None:
            raise
        print(f"error: {with_nearest(message, name)}", file=sys.stderr)
        sys.exit(BUSY if is_busy(error) else MISTAKE)
    finally:
        give_back(taken)
        sys.argv = command_line


def _as_hydra_reads(argument: str, aliases: Mapping[str, str]) -> str:
    """Rename the key of an argument, and quote a value that Hydra cannot read, such as a path."""
    key, equals, value = argument.partition("=")
    key = aliases.get(key, key)
    is_list = set(value) & set('"[]{}') or ("/" not in value and set(value) & set("'()"))
    if is_list or _is_readable(f"{key}{equals}{value}"):
        return f"{key}{equals}{value}"
    quoted = [part.replace("'", "\\'") for part in value.split(",")]
    return f"{key}{equals}" + ",".join(f"'{part}'" for part in quoted)


def _is_readable(argument: str) -> bool:
    """Whether Hydra can read an argument as it is."""
    if "=" not in argument or argument.startswith("-"):
        return True
    try:
        OverridesParser.create().parse_override(argument)
    except HydraException:
        return False
    return True
