"""The finished runs of a study, where their scores come from, and the columns they fall in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from anomaly_fas.errors import DataError
from anomaly_fas.loggers.run_label import run_label, run_variant
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.types import DataKind

Config = dict[str, Any]
"""The hashed part of a run's config, flat: dotted key to value."""

_RENAMED_METHODS: Final = {"anomaly": "objective"}
"""Methods that early runs of version 0.1.0 stored under another name."""


@dataclass(frozen=True)
class RunFacts:
    """Where the numbers of a score file come from.

    Attributes:
        lists: `leak_free` or `official`.
        data_kind: simulated, real, mixed or published; `simulated_to_real` and the like where train
            samples were of another kind than test samples.
        method: what was trained.
        commit: commit that the run was made from; empty where it is not known.
        version: version of this package.
    """

    protocol: str
    lists: str
    data_kind: str
    method: str
    seed: int
    config_hash: str
    commit: str
    version: str

    @classmethod
    def of_run(cls, table: ScoreTable, path: Path) -> RunFacts:
        """Take the facts from the file that a run wrote.

        Raises:
            DataError: some are missing.
        """
        missing = [name for name in (*cls.__annotations__, "thresholds") if name not in table.facts]
        if missing:
            raise DataError(
                f"{path} does not say of its run: {', '.join(missing)}. Only files that "
                "`anomaly-fas train` wrote belong to a study; evaluate others by "
                f"`anomaly-fas evaluate scores={path}`."
            )
        facts = {name: table.facts[name] for name in cls.__annotations__}
        method = facts["method"]
        return cls(**facts | {"method": _RENAMED_METHODS.get(method, method)})

    @classmethod
    def of_any(cls, table: ScoreTable, name: str) -> RunFacts:
        """Take the facts from a file of any system, with defaults for those that it lacks."""
        defaults = {"protocol": "unnamed", "lists": "leak_free", "data_kind": "real"}
        facts: dict[str, Any] = defaults | {"method": name, "seed": 0} | table.facts
        return cls(**{key: facts.get(key, "") for key in cls.__annotations__})


@dataclass(frozen=True)
class ScoreFile:
    """A score file and the facts of the run that wrote it."""

    path: Path
    table: ScoreTable
    facts: RunFacts


@dataclass(frozen=True)
class StudyRun:
    """A finished run.

    Attributes:
        config: hashed part of the config that it was trained with.
        label: what was set for it on the command line or by the study.
        variant: its network; empty for a method without one.
    """

    scores: ScoreFile
    config: Config
    label: str
    variant: str

    @classmethod
    def of(cls, scores: ScoreFile, config: Config) -> StudyRun:
        """Take the label and variant stored at training time.

        Early score files of version 0.1.0 have neither: both then follow from the stored overrides
        and the saved config by the rules of training.
        """
        facts = scores.table.facts
        label, variant = facts.get("label"), facts.get("variant")
        if config.get("method") in _RENAMED_METHODS:
            config = config | {"method": _RENAMED_METHODS[config["method"]]}
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
    def settings(self) -> list[str]:
        """The overrides in the label, such as `loss.weight=0.1`."""
        return [word for word in self.label.split(" ") if "=" in word]


@dataclass(frozen=True)
class Column:
    """A protocol on data of one kind: numbers of different kinds never share a column.

    The lists and kinds are those of `RunFacts`, or `published`.

    Attributes:
        source: of published numbers, the data that they were measured on.
    """

    protocol: str
    lists: str
    data_kind: str
    source: str = ""

    @classmethod
    def of(cls, facts: RunFacts) -> Column:
        """Make the column of a run."""
        return cls(facts.protocol, facts.lists, facts.data_kind)

    @property
    def title(self) -> str:
        """The protocol's name, the source, and the lists unless they are the default."""
        lists = "" if self.lists == "leak_free" else f"{self.lists} lists"
        return ", ".join(filter(None, (self.protocol.replace("_", " "), self.source, lists)))

    @property
    def labels(self) -> dict[str, str]:
        """Columns that name the protocol and data in long tables and JSON files."""
        return {"protocol": self.protocol, "lists": self.lists, "data_kind": self.data_kind}

    @property
    def order(self) -> tuple[bool, str, bool, str, str, str]:
        """Grandtest first; published results after measured ones of the same protocol."""
        return (
            self.protocol != "grandtest",
            self.protocol,
            self.data_kind == DataKind.PUBLISHED,
            self.source,
            self.lists,
            self.data_kind,
        )


def row_names(runs: Sequence[tuple[RunFacts, str]]) -> list[str]:
    """Name each run by method and scorer, and by config hash where a method has several configs."""
    configs: dict[tuple[str, str, Column], set[str]] = defaultdict(set)
    for facts, scorer in runs:
        configs[facts.method, scorer, Column.of(facts)].add(facts.config_hash)
    ambiguous = {key[:2] for key, hashes in configs.items() if len(hashes) > 1}
    return [
        (facts.method if facts.method == scorer else f"{facts.method} ({scorer})")
        + (f" {facts.config_hash}" if (facts.method, scorer) in ambiguous else "")
        for facts, scorer in runs
    ]


def finished_runs(study: Path) -> list[ScoreFile]:
    """Read the score file of every finished run below a study's folder.

    Raises:
        DataError: there is none, or one is damaged.
    """
    paths = sorted(study.glob("*/*/seed=*/scores.parquet"))
    finished = [path for path in paths if path.with_name("metrics.json").exists()]
    if not finished:
        raise DataError(f"no finished run in {study}: train some with study_name={study.name}")
    tables = {path: ScoreTable.read(path) for path in finished}
    return [ScoreFile(path, table, RunFacts.of_run(table, path)) for path, table in tables.items()]


def study_runs(study: Path, config_of: Callable[[Path], Config]) -> list[StudyRun]:
    """Read the finished runs below a study's folder, and the hashed part of their configs.

    Raises:
        DataError: there is no finished run, or one is damaged.
    """
    return [StudyRun.of(file, config_of(file.path.parent)) for file in finished_runs(study)]


def provenance(facts: Iterable[RunFacts], extent: str = "") -> str:
    """Name data, seeds (or an extent in their place), versions and commits behind numbers."""
    runs = list(facts)
    seeds = f"Seeds: {', '.join(distinct(run.seed for run in runs))}."
    commits = ", ".join(distinct(short_commit(run.commit) for run in runs))
    dirty = " (+: with uncommitted changes)" if "+" in commits else ""
    return (
        f"Data: {', '.join(distinct(run.data_kind for run in runs))}. {extent or seeds} "
        f"anomaly_fas {', '.join(distinct(run.version for run in runs))}, commit {commits}{dirty}."
    )


def short_commit(commit: str) -> str:
    """Shorten a commit's hash, `+` kept if there were changes; `unknown` if it is empty."""
    return commit[:12] + "+" * commit.endswith("+") or "unknown"


def distinct(values: Iterable[Any]) -> list[str]:
    """Distinct values as text, in rising order."""
    return [str(value) for value in sorted(set(values))]
