"""Which finished runs are which level of which factor, and which are missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from anomaly_fas.errors import DataError
from anomaly_fas.reporting.ablation.factor import Factor, Level, shown
from anomaly_fas.reporting.compare.judging import Source
from anomaly_fas.reporting.study import Column, Config, ScoreFile, StudyRun


@dataclass(frozen=True)
class Plan:
    """Factors changed one at a time, and the protocols and seeds expected of every level."""

    factors: tuple[Factor, ...]
    protocols: tuple[str, ...]
    seeds: tuple[int, ...]


@dataclass(frozen=True)
class Arm:
    """The runs of one level, one per seed.

    Attributes:
        files: seed to score file, seeds rising.
        scorer: scorer whose scores count.
    """

    column: Column
    factor: Factor
    level: Level
    files: Mapping[int, ScoreFile]
    scorer: str

    @property
    def is_base(self) -> bool:
        """Whether all other levels are compared with this one."""
        return self.level == self.factor.base

    def sources(self, seeds: Iterable[int]) -> list[Source]:
        """List the scores of some seeds."""
        return [Source(self.files[seed], self.scorer) for seed in seeds]


@dataclass(frozen=True)
class Placed:
    """A study's runs, each at its place.

    Attributes:
        arms: in the order of protocols, factors and levels; those without a run are left out.
        missing: what the plan has and nobody ran, in words.
        elsewhere: runs that differ from the base in more than one factor, in words.
    """

    arms: tuple[Arm, ...]
    missing: tuple[str, ...]
    elsewhere: tuple[str, ...]


def place(runs: Sequence[StudyRun], plan: Plan) -> Placed:
    """Find the level of every finished run.

    Raises:
        DataError: no protocol has a base run, or one has several that differ.
    """
    by_column: dict[Column, list[StudyRun]] = defaultdict(list)
    for run in runs:
        by_column[Column.of(run.scores.facts)].append(run)
    arms: list[Arm] = []
    elsewhere: list[str] = []
    present = {column.protocol for column in by_column}
    missing = [f"{protocol}: every run" for protocol in plan.protocols if protocol not in present]
    for column in sorted(by_column, key=lambda column: column.order):
        base = _base(by_column[column], plan, column)
        if base is None:
            missing.append(f"{column.title}: the base, which all other runs are compared with")
            continue
        levels, others = _levels(by_column[column], plan, base)
        placed = [arm for factor in plan.factors for arm in _arms(column, factor, levels)]
        arms += placed
        missing += _missing(column, placed, plan)
        elsewhere += [str(file.path.parent) for file in others]
    if not arms:
        raise DataError("no run has the base value of every factor: " + "; ".join(missing))
    return Placed(tuple(arms), tuple(missing), tuple(elsewhere))


_Levels = dict[tuple[str, "Level"], dict[int, "ScoreFile"]]
"""Factor and level to seed to file."""


def _base(runs: Sequence[StudyRun], plan: Plan, column: Column) -> Config | None:
    wanted = {factor.key: factor.base for factor in plan.factors if factor.key}
    bases = {
        run.scores.facts.config_hash: run.config
        for run in runs
        if all(run.config.get(key) == value for key, value in wanted.items())
    }
    if len(bases) > 1:
        raise DataError(
            f"{column.title}: runs of several configs have the base value of every factor: "
            f"{', '.join(sorted(bases))}. Move all but one of them out of the study's folder."
        )
    return next(iter(bases.values()), None)


def _levels(runs: Sequence[StudyRun], plan: Plan, base: Config) -> tuple[_Levels, list[ScoreFile]]:
    """Sort files by factor and level, the base under every factor; and list those without one."""
    levels: _Levels = defaultdict(dict)
    others = []
    for run in runs:
        differing = _differing(base, run.config, plan)
        places = [
            (factor.name, level)
            for factor in plan.factors
            if (level := factor.level_of(run.config, differing) if differing else factor.base)
            is not None
        ]
        for level_name in places:
            levels[level_name][run.scores.facts.seed] = run.scores
        if not places:
            others.append(run.scores)
    for factor in plan.factors:
        for level, source in factor.borrowed.items():
            levels[factor.name, level] |= levels[source]
    return levels, others


def _differing(base: Config, config: Config, plan: Plan) -> list[str]:
    """List keys whose values differ, without those of scorers that only the base run has."""
    scorers = {
        scorer
        for factor in plan.factors
        for level, scorer in factor.scorers.items()
        if level != factor.base
    }
    return [
        key
        for key in base.keys() | config.keys()
        if base.get(key) != config.get(key)
        and not (key.startswith("scorer.") and key.split(".")[1] in scorers)
    ]


def _arms(column: Column, factor: Factor, levels: _Levels) -> list[Arm]:
    """List the levels of a factor that have runs; none without the base."""
    arms = []
    for level in factor.levels:
        scorer = factor.scorers.get(level, "")
        files = levels.get((factor.name, factor.base if scorer else level), {})
        files = {s: files[s] for s in sorted(files) if scorer in ("", *files[s].table.scorers)}
        if files:
            first = next(iter(files.values())).table.scorers[0]
            arms.append(Arm(column, factor, level, files, scorer or first))
    return arms if any(arm.is_base for arm in arms) else []


def _missing(column: Column, arms: Sequence[Arm], plan: Plan) -> list[str]:
    """Name the runs that are expected and missing, the base once."""
    present = {(arm.factor.name, arm.level): arm.files.keys() for arm in arms}
    trained = {seed for arm in arms if arm.is_base for seed in arm.files}
    missing: dict[str, list[int]] = {}
    for factor in plan.factors:
        expected = trained if factor.scorers else set(plan.seeds)
        for level in factor.levels:
            seeds = sorted(expected - present.get((factor.name, level), set()))
            is_base = level == factor.base and not factor.scorers
            name = "the base" if is_base else f"{factor.symbol} {shown(level)}"
            if seeds and level not in factor.borrowed:
                missing[name] = seeds
    return [
        f"{column.title}: {name}, seed{'s' * (len(seeds) > 1)} {', '.join(map(str, seeds))}"
        for name, seeds in missing.items()
    ]
