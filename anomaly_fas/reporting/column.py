"""Columns and rows of a study's tables: protocols on data of one kind, and named methods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from anomaly_fas.reporting.study import RunFacts
from anomaly_fas.types import DataKind


@dataclass(frozen=True)
class Column:
    """A protocol on data of one kind: numbers of different kinds never share a column.

    Attributes:
        protocol: its name.
        lists: `leak_free` or `official`.
        data_kind: simulated, real, mixed or published; `simulated_to_real` and the like where train
            samples are of another kind than test samples.
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
        is_published = self.data_kind == DataKind.PUBLISHED
        return (
            self.protocol != "grandtest",
            self.protocol,
            is_published,
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
