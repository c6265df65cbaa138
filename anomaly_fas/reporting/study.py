"""A study: its finished runs, and what each of them is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from anomaly_fas.loggers.run_label import run_label, run_variant
from anomaly_fas.reporting.collect import finished_runs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from anomaly_fas.reporting.collect import ScoreFile

Config = dict[str, Any]
"""What counts of a run's config, flat: dotted key to value."""


@dataclass(frozen=True)
class StudyRun:
    """A finished run.

    Attributes:
        scores: its score file.
        config: what counts of the config that it was trained with.
        label: what was set for it on the command line or by the study.
        variant: its network; empty for a method without one.
    """

    scores: ScoreFile
    config: Config
    label: str
    variant: str

    @classmethod
    def of(cls, scores: ScoreFile, config: Config) -> StudyRun:
        """A run with the label and variant stored at training time.

        Score files of version 0.1.0 have neither: both then follow from the stored overrides and
        the saved config by the rules of training.
        """
        facts = scores.table.facts
        label, variant = facts.get("label"), facts.get("variant")
        return cls(
            scores,
            config,
            run_label(facts.get("overrides", ()), scores.facts.method) if label is None else label,
            run_variant(config) if variant is None else variant,
        )

    @property
    def method(self) -> str:
        """What was trained."""
        return self.scores.facts.method

    @property
    def protocol(self) -> str:
        """Name of the protocol."""
        return self.scores.facts.protocol

    @property
    def seed(self) -> int:
        """Seed of the run."""
        return self.scores.facts.seed

    @property
    def settings(self) -> list[str]:
        """The overrides in the label, such as `loss.weight=0.1`."""
        return [word for word in self.label.split(" ") if "=" in word]


@dataclass(frozen=True)
class Study:
    """The finished runs of a study.

    Attributes:
        name: its name.
        runs: in the order of their folders.
    """

    name: str
    runs: tuple[StudyRun, ...]

    @classmethod
    def read(cls, folder: Path, config_of: Callable[[Path], Config]) -> Study:
        """Read the finished runs below a folder.

        Args:
            folder: the study's folder.
            config_of: reads what counts of the config in a run's folder.

        Raises:
            DataError: there is no finished run, or one is damaged.
        """
        files = finished_runs(folder)
        return cls(
            folder.name, tuple(StudyRun.of(file, config_of(file.path.parent)) for file in files)
        )
