"""The entries of a report: each method under each protocol, evaluated over its seeds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from anomaly_fas.metrics.analysis import HEADLINE
from anomaly_fas.metrics.evaluation import (
    REPLICATES,
    EvaluatedFigure,
    Evaluation,
    evaluate,
    shared_resampling,
)
from anomaly_fas.metrics.groups import Part
from anomaly_fas.metrics.resampling import Resampling
from anomaly_fas.metrics.score_remarks import remarks
from anomaly_fas.metrics.scored_run import GIVEN, ScoredRun, same_samples, scored_run
from anomaly_fas.reporting.study import Column, ScoreFile, row_names
from anomaly_fas.reporting.tables import Cell, bounds, figure_cell

ALL: Final = Part()
"""All test samples."""

Key = tuple["Column", str]
"""Column and row of an entry."""


@dataclass(frozen=True)
class Settings:
    """Threshold (a name of `THRESHOLDS`, or a value) and bootstrap (0 replicates for none)."""

    threshold: str | float = HEADLINE
    replicates: int = REPLICATES
    seed: int = 0


@dataclass(frozen=True)
class Entry:
    """A method and scorer under a protocol.

    Attributes:
        name: name of the method and its scorer in tables.
        files: score files, by rising seed.
        runs: scores of the files, sorted by sample id.
        resampling: the bootstrap's replicates, which entries of the same samples share.
        remarks: what to know before believing the figures.
    """

    column: Column
    name: str
    scorer: str
    files: tuple[ScoreFile, ...]
    runs: tuple[ScoredRun, ...]
    evaluation: Evaluation
    resampling: Resampling | None
    remarks: tuple[str, ...]

    @property
    def method(self) -> str:
        """What was trained."""
        return self.files[0].facts.method

    @property
    def seeds(self) -> tuple[int, ...]:
        """Seeds of the runs."""
        return tuple(file.facts.seed for file in self.files)

    @property
    def key(self) -> str:
        """Name within a report's metrics.json."""
        column = self.column
        return f"{column.protocol}-{column.lists}-{column.data_kind}/{self.name}"

    def figures(self, part: Part = ALL, threshold: str = "") -> dict[str, EvaluatedFigure]:
        """Test figures of a part by name, at a named threshold; empty for the headline one."""
        return self.evaluation.figures[threshold or self.evaluation.headline].get(part, {})

    def cell(self, name: str, part: Part = ALL, threshold: str = "") -> Cell:
        """Show a figure in percent with its spread over seeds and its bootstrap interval."""
        estimate = self.figures(part, threshold).get(name)
        if estimate is None:
            return Cell()
        path = self._path(name, part, threshold)
        return figure_cell(estimate.value, estimate.bootstrap, estimate.spread, path)

    def exact_cell(self, name: str, part: Part = ALL) -> Cell:
        """Show the exact binomial interval of a headline rate, with errors and samples."""
        estimate = self.figures(part).get(name)
        if estimate is None or estimate.count is None or estimate.binomial is None:
            return Cell()
        counts = f"{estimate.count.errors} of {estimate.count.samples}"
        path = f"{self._path(name, part)}/binomial"
        return Cell(bounds(estimate.binomial), estimate.binomial.low, path, counts)

    def _path(self, name: str, part: Part, threshold: str = "") -> str:
        """Path of a figure in the report's metrics.json."""
        return "|".join((self.key, threshold or self.evaluation.headline, part_key(part), name))


def part_key(part: Part) -> str:
    """Name of a part of the data."""
    return f"{part.column}={part.value}" if part.column else "all"


def entries(
    files: Sequence[ScoreFile],
    settings: Settings,
    progress: Callable[[list[Key]], Iterable[Key]] = iter,
) -> list[Entry]:
    """Evaluate every method under every protocol.

    Raises:
        DataError: a split lacks a class that is needed.
    """
    headline = settings.threshold if isinstance(settings.threshold, str) else GIVEN
    groups = _groups(files)
    runs = {
        key: tuple(scored_run(file.table, scorer, settings.threshold) for file, scorer in group)
        for key, group in groups.items()
    }
    known: dict[Column, list[tuple[ScoredRun, Resampling]]] = defaultdict(list)
    found = []
    for column, name in progress(list(groups)):
        group, own = groups[column, name], runs[column, name]
        resampling = _resampling(own, known[column], settings)
        found.append(
            Entry(
                column=column,
                name=name,
                scorer=group[0][1],
                files=tuple(file for file, _ in group),
                runs=own,
                evaluation=evaluate(own, resampling, headline),
                resampling=resampling,
                remarks=tuple(_remarks(own, lacks_bootstrap=resampling is None, settings=settings)),
            )
        )
    return found


def _groups(files: Sequence[ScoreFile]) -> dict[Key, list[tuple[ScoreFile, str]]]:
    each = [(file, scorer) for file in files for scorer in file.table.scorers]
    names = row_names([(file.facts, scorer) for file, scorer in each])
    groups: dict[Key, list[tuple[ScoreFile, str]]] = defaultdict(list)
    for (file, scorer), name in zip(each, names, strict=True):
        groups[Column.of(file.facts), name].append((file, scorer))
    for group in groups.values():
        group.sort(key=lambda one: one[0].facts.seed)
    return dict(sorted(groups.items(), key=lambda item: item[0][0].order))


def _resampling(
    runs: Sequence[ScoredRun], known: list[tuple[ScoredRun, Resampling]], settings: Settings
) -> Resampling | None:
    """Share replicates among runs of the same samples; None if these differ or none are wanted."""
    if not settings.replicates:
        return None
    for first, resampling in known:
        if all(same_samples(first, run) for run in runs):
            return resampling
    drawn = shared_resampling(runs, settings.replicates, settings.seed)
    if drawn is not None:
        known.append((runs[0], drawn))
    return drawn


def _remarks(runs: Sequence[ScoredRun], *, lacks_bootstrap: bool, settings: Settings) -> list[str]:
    """Collect the remarks of all runs, each once."""
    found = [text for run in runs for text in remarks(run.devel, run.test)]
    stored = dict.fromkeys(name for run in runs for name in run.fixed if name != GIVEN)
    if lacks_bootstrap and settings.replicates:
        found.append(
            "Its seeds did not score the same samples, so there is no bootstrap over them, and no "
            "comparison with other methods."
        )
    if stored:
        found.append(
            f"Threshold(s) {', '.join(stored)} are those stored with the scores, which its devel "
            "scores do not give; the bootstrap keeps them as they are."
        )
    return list(dict.fromkeys(found))
