"""A Hydra sweeper whose axes may set several keys at once, and which no failing run stops."""

from collections.abc import Mapping, Sequence
from itertools import chain, product
from typing import Any

from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig

from anomaly_fas.errors import ConfigError
from anomaly_fas.sweeps.launcher import JobLauncher


class StudySweeper(BasicSweeper):
    """Every combination of one entry of each axis, and of the command line's own sweeps.

    An entry is one or more overrides, such as `protocol=unseen_attack protocol.pai=mask`: a
    protocol and its argument change together, which Hydra's own sweeper cannot say. Where the
    command line chooses in the place of an axis, or sets an argument of what it chooses, that
    stands for the axis: as the entry that says the same and no more, else as all entries that say
    it among other things, else as it is. What else the command line sets holds for every entry.

    Args:
        axes: name to entries.
        max_batch_size: see Hydra's sweeper.
        params: see Hydra's sweeper.
    """

    def __init__(
        self,
        axes: Mapping[str, Sequence[str]],
        max_batch_size: int | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(max_batch_size, dict(params or {}))
        self._axes = {name: list(entries) for name, entries in axes.items()}

    def setup(
        self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig
    ) -> None:
        """Set the launcher up.

        Raises:
            ConfigError: the launcher is not one of this package.
        """
        super().setup(hydra_context=hydra_context, task_function=task_function, config=config)
        self._loader = hydra_context.config_loader
        if not isinstance(self.launcher, JobLauncher):
            name = config.hydra.runtime.choices["hydra/launcher"]
            raise ConfigError(
                f"hydra/launcher={name} makes no processes of the runs: leave it out for one run "
                "at a time, or choose local, submitit or ray"
            )

    def sweep(self, arguments: list[str]) -> None:
        """Make all runs and end the process with a summary.

        Raises:
            SystemExit: runs have failed; the others have been made.
        """
        assert isinstance(self.launcher, JobLauncher)
        overrides = OverridesParser.create(self._loader).parse_overrides(
            [*self._parse_config(), *arguments]
        )
        self.launcher.launch_batches(self.split_arguments(overrides, self.max_batch_size))

    def split_arguments(  # type: ignore[override]
        self, overrides: list[Override], max_batch_size: int | None
    ) -> list[list[list[str]]]:
        """Batches of jobs, a job being a list of overrides."""
        axes, others = [], overrides
        for entries in self._axes.values():
            keys = _own_keys(entries)
            chosen = [override for override in others if override.get_key_element() in keys]
            others = [override for override in others if override not in chosen]
            axes.append(_meant(_combinations(chosen), [entry.split() for entry in entries]))
        own = [list(chain(*combination)) for combination in product(*axes)]
        theirs = _combinations(others)
        jobs = [first + second for first, second in product(own, theirs)]
        return list(self.split_overrides_to_chunks(jobs, max_batch_size))


def _own_keys(entries: Sequence[str]) -> set[str]:
    """Keys that an axis is about: what its entries choose first, and the arguments of that."""
    chosen = {entry.partition("=")[0] for entry in entries}
    keys = {part.partition("=")[0] for entry in entries for part in entry.split()}
    return chosen | {key for key in keys if any(key.startswith(f"{one}.") for one in chosen)}


def _combinations(overrides: list[Override]) -> list[list[str]]:
    """Every combination of what overrides sweep over; of no override, one that sets nothing."""
    combinations: list[list[str]]
    (combinations,) = BasicSweeper.split_arguments(overrides, None)
    return combinations


def _meant(choices: list[list[str]], entries: list[list[str]]) -> list[list[str]]:
    """What an axis has in the place of its entries, each given as its parts."""
    meant = []
    for choice in choices:
        said = _said(choice)
        saying = [entry for entry in entries if all(part in _said(entry) for part in said)]
        same = [entry for entry in saying if len(entry) == len(said)]
        meant += same or saying or [choice]
    return meant


def _said(parts: list[str]) -> list[tuple[str, Any]]:
    """Keys and values: a shell takes away the quotes that a YAML file keeps."""
    overrides = OverridesParser.create().parse_overrides(parts)
    return [(override.get_key_element(), override.value()) for override in overrides]
