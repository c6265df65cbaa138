"""What is known of the run that wrote a score file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from anomaly_fas.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from anomaly_fas.metrics.score_table import ScoreTable


@dataclass(frozen=True)
class RunFacts:
    """Where the numbers of a score file come from.

    Attributes:
        protocol: its name.
        lists: `leak_free` or `official`.
        data_kind: simulated, real, mixed or published; `simulated_to_real` and the like where train
            samples were of another kind than test samples.
        method: what was trained.
        seed: of the run.
        config_hash: of the run.
        commit: that the run was made from; empty where it is not known.
        version: of this package.
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
        """The facts in the file that a run wrote.

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
        return cls(**{name: table.facts[name] for name in cls.__annotations__})

    @classmethod
    def of_any(cls, table: ScoreTable, name: str) -> RunFacts:
        """The facts in a file of any system, and what stands for those that it lacks.

        Args:
            table: the scores.
            name: of the system.
        """
        defaults = {
            "protocol": "unnamed",
            "lists": "leak_free",
            "data_kind": "real",
            "method": name,
            "seed": 0,
            "config_hash": "",
            "commit": "",
            "version": "",
        }
        known = {key: table.facts.get(key, default) for key, default in defaults.items()}
        return cls(**known)


def provenance(facts: Iterable[RunFacts], extent: str = "") -> str:
    """The data, seeds, versions and commits behind some numbers, in sentences.

    Args:
        facts: of the runs.
        extent: sentences in place of that about the seeds.
    """
    runs = list(facts)
    seeds = f"Seeds: {', '.join(distinct(own.seed for own in runs))}."
    commits = ", ".join(distinct(short_commit(own.commit) for own in runs))
    dirty = " (+: with uncommitted changes)" if "+" in commits else ""
    return (
        f"Data: {', '.join(distinct(own.data_kind for own in runs))}. {extent or seeds} "
        f"anomaly_fas {', '.join(distinct(own.version for own in runs))}, commit {commits}{dirty}."
    )


def short_commit(commit: str) -> str:
    """The first digits of a commit, `+` if there were changes, `unknown` if it is empty."""
    return commit[:12] + "+" * commit.endswith("+") or "unknown"


def distinct(values: Iterable[Any]) -> list[str]:
    """Distinct values as text, in rising order."""
    return [str(value) for value in sorted(set(values))]
