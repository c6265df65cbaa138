"""Runs a subcommand as a Hydra app, and shows a user's mistakes without a traceback."""

from __future__ import annotations

import logging
import os
import signal
import sys
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Final

import hydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException
from omegaconf.errors import OmegaConfBaseException

import anomaly_fas
from anomaly_fas.commands.value_types import check_value_types
from anomaly_fas.errors import AnomalyFasError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from omegaconf import DictConfig

_log = logging.getLogger(__name__)

MISTAKE: Final = 2
"""Exit code after a mistake in the input."""

INTERRUPTED: Final = 130
"""Exit code after Ctrl-C and SIGTERM."""


def config_dir() -> Path:
    """The folder `conf/`: inside the installed package, or beside it in a checkout."""
    package = Path(anomaly_fas.__file__).parent
    installed = package / "conf"
    return installed if installed.is_dir() else package.parent / "conf"


def run_app(
    config_name: str,
    task: Callable[[DictConfig], None],
    aliases: Mapping[str, str] | None = None,
    words: int = 1,
) -> None:
    """Run a task with the config that the command line makes of `config_name`.

    A job that fails by the user's mistake is shown and does not stop the other jobs of a sweep;
    the exit code then is 2. SIGTERM is taken for Ctrl-C.

    Args:
        config_name: file in `conf/`.
        task: what is run; in a sweep, once a job.
        aliases: keys of the command line to keys of the config, for keys that Hydra would take
            for the group of the same name.
        words: that the command is named by.
    """
    command_line = list(sys.argv)
    failures: list[str] = []

    @wraps(task)
    def guarded(config: DictConfig) -> None:
        sys.argv = command_line  # Lightning starts its other processes from it
        try:
            check_value_types(config)
            task(config)
        except (AnomalyFasError, HydraException, OmegaConfBaseException) as error:
            mistake = _mistake(error)
            if mistake is None:
                raise
            again = mistake in failures
            failures.append(mistake)
            print("error: the same again" if again else f"error: {mistake}", file=sys.stderr)
        except KeyboardInterrupt:
            _stop_interrupted()
        except BrokenPipeError:  # the reader of our output, such as `head`, has had enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)

    # Let Hydra raise what is wrong with a command line instead of printing it and ending.
    os.environ["HYDRA_FULL_ERROR"] = "1"
    # It reads everything after the program's name as overrides.
    name, arguments = command_line[: 1 + words], command_line[1 + words :]
    sys.argv = [
        " ".join(name),
        *(_as_hydra_reads(argument, aliases or {}) for argument in arguments),
    ]
    app = hydra.main(str(config_dir()), config_name, version_base="1.3")(guarded)
    on_terminate = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app()
    except (HydraException, OmegaConfBaseException) as error:
        failures.append(str(error))
        print(f"error: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        _stop_interrupted()
    finally:
        signal.signal(signal.SIGTERM, on_terminate)
        sys.argv = command_line
    if failures:
        sys.exit(MISTAKE)


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


def _mistake(error: BaseException) -> str | None:
    """The message for a user's mistake, which may have gone through Hydra's hands."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, AnomalyFasError):
            return str(cause)
        cause = cause.__cause__
    if isinstance(error, (HydraException, OmegaConfBaseException)):
        return str(error)
    return None


def _stop_interrupted() -> None:
    print(
        "\ninterrupted: what was finished is kept, and the same command goes on from there",
        file=sys.stderr,
    )
    sys.exit(INTERRUPTED)
