"""From a trial's values to the training runs that it consists of."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hydra.core.hydra_config import HydraConfig

from anomaly_fas.runs.composition import composed
from anomaly_fas.runs.folder import distinguishing, hashed_part, plain
from anomaly_fas.runs.locate import locate
from anomaly_fas.search.space import as_overrides
from anomaly_fas.search.trials import SPACE
from anomaly_fas.sweeps.job import repeat_command

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from omegaconf import DictConfig

    from anomaly_fas.runs.folder import RunFolder
    from anomaly_fas.search.space import Values


@dataclass(frozen=True)
class PlannedRun:
    """One training run of a trial.

    Attributes:
        config: of the run.
        folder: that it will be in.
        command: that trains it outside of the search.
    """

    config: DictConfig
    folder: RunFolder
    command: str


@dataclass(frozen=True)
class SearchPlan:
    """What all trials of a search have in common.

    Attributes:
        name: of the search.
        folder: of the search.
        given: what the command line sets for every trial.
        protocols: overrides that choose a protocol, separated by blanks; each is a run.
        seeds: of the runs; each is a run.
    """

    name: str
    folder: Path
    given: tuple[str, ...]
    protocols: tuple[str, ...]
    seeds: tuple[int, ...]

    @classmethod
    def of(cls, config: DictConfig) -> SearchPlan:
        """The plan that a search's config and command line make."""
        given = HydraConfig.get().overrides.task
        return cls(
            name=config.search.name,
            folder=search_folder(config),
            given=tuple(word for word in given if not word.lstrip("+~").startswith("search")),
            protocols=tuple(config.search.protocols) or ("",),
            seeds=tuple(config.search.seeds),
        )

    def runs(self, values: Values) -> Sequence[PlannedRun]:
        """The runs of a trial.

        Raises:
            HydraException: the config has no such keys.
            AnomalyFasError: a value is none that it may be.
        """
        return [
            self._run([*protocol.split(), f"seed={seed}", *as_overrides(values)])
            for protocol, seed in product(self.protocols, self.seeds)
        ]

    def _run(self, own: Sequence[str]) -> PlannedRun:
        overrides = [*self.given, *own]
        config = composed("train", [*overrides, f"study_name=search-{self.name}"])
        config.overrides = distinguishing(overrides)
        _, folder, _ = locate(config)
        return PlannedRun(config, folder, repeat_command(["train"], overrides, HydraConfig.get()))

    def settings(self, space: Mapping[str, Any], values: Values) -> dict[str, Any]:
        """What must not change while a search goes on, flat: key to value.

        Args:
            space: as in the config.
            values: a point of it, so that what it sets anyway makes no difference.

        Raises:
            HydraException: the config has no such keys.
        """
        first, *_ = self.runs(values)
        return {
            **{f"{SPACE}{key}": entry for key, entry in space.items()},
            "search.seeds": list(self.seeds),
            "search.protocols": list(self.protocols),
            **hashed_part(plain(first.config)),
        }


def search_folder(config: DictConfig) -> Path:
    """Where a search is kept."""
    return Path(config.paths.output_dir) / "search" / str(config.search.name)
