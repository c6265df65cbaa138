"""Wrap a subcommand's task for Hydra, with what a sweep asks about its runs."""

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import update_wrapper
from pathlib import Path

from omegaconf import DictConfig

from anomaly_fas.runs.command_configs import check_config
from anomaly_fas.runs.outcome import Outcome, State, is_reported, mistake, report


@dataclass(eq=False)
class Command:
    """Run the task, and keep a mistake that ends it in `error`: Hydra would print it.

    Args:
        name: name of the command's config.
        task: function to run with the config.
        command_line: program and arguments, as the user typed them.
        words: words that name the command, such as `protocols audit`.
        tells_finished: `is_finished` of `run_app`, which describes the other arguments, too.
    """

    name: str
    task: Callable[[DictConfig], None]
    command_line: Sequence[str]
    words: Sequence[str]
    tells_finished: Callable[[DictConfig], bool] | None = None
    place: Callable[[DictConfig], Path | None] | None = None
    no_multirun: str = ""
    error: Exception | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        update_wrapper(self, self.task)  # Hydra asks it for its module

    def __call__(self, config: DictConfig) -> None:
        """Run the task with a config, unless a sweep asks for a run that is finished by now."""
        if is_reported() and self.is_finished(config):
            report(Outcome(State.ALREADY))
            return
        sys.argv = list(self.command_line)  # Lightning starts its other processes from it
        try:
            check_config(config, self.name)
            self.task(config)
        except Exception as error:
            if mistake(error) is None and not isinstance(error, BrokenPipeError):
                raise
            self.error = error

    def is_finished(self, config: DictConfig) -> bool:
        """Whether the run of a config is finished, as far as can be told."""
        if self.tells_finished is not None:
            with suppress(Exception):  # the run meets the same error, and reports it
                return self.tells_finished(config)
        return False

    def place_of(self, config: DictConfig) -> Path | None:
        """The folder that other configs may share with this one, as far as can be told."""
        if self.place is not None:
            with suppress(Exception):  # the run meets the same error, and reports it
                return self.place(config)
        return None
