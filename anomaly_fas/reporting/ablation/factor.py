"""A factor of a study: something that is changed by itself around a common base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from anomaly_fas.dotted_names import is_below
from anomaly_fas.errors import ConfigError

Level = str | float
"""A value that a factor takes."""


@dataclass(frozen=True)
class Factor:
    """A factor and its levels.

    A level is either a value of a config key, which a run of its own was trained with, or one of
    several scorers of the base run.

    Attributes:
        name: stem of its files.
        label: its description, beginning with its symbol.
        base: the level of the base run.
        levels: all levels, the base among them, in the order in which they are shown.
        key: dotted config key whose value is the level.
        along: further keys that change with it, whole nodes.
        scorers: level to scorer of the base run, where no key is given.
        borrowed: level to the factor and level whose runs it is, such as a weight of 0 and the
            loss that has no such part.
    """

    name: str
    label: str
    base: Level
    levels: tuple[Level, ...]
    key: str = ""
    along: tuple[str, ...] = ()
    scorers: Mapping[Level, str] = field(default_factory=dict)
    borrowed: Mapping[Level, tuple[str, Level]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        where = f"factors.{self.name}"
        if self.base not in self.levels:
            raise ConfigError(f"{where}: its base {self.base!r} is none of its levels")
        if bool(self.key) == bool(self.scorers):
            raise ConfigError(f"{where}: give either `key` or `scorers`")
        unknown = [level for level in self.borrowed if level not in self.levels]
        if unknown:
            raise ConfigError(f"{where}.borrowed: {unknown[0]!r} is none of its levels")

    @classmethod
    def of_config(cls, name: str, settings: Mapping[str, Any]) -> Factor:
        """Read a factor of `conf/command/ablation.yaml`; `scorers` replace the list of levels.

        Raises:
            ConfigError: keys are missing, unknown, or do not fit together.
        """
        names = {field.name for field in fields(cls)} - {"name"}
        wrong = sorted(settings.keys() - names)
        if wrong:
            raise ConfigError(f"factors.{name}: unknown {', '.join(wrong)}")
        missing = [key for key in ("label", "base") if key not in settings]
        if missing:
            raise ConfigError(f"factors.{name}: {', '.join(missing)} not given")
        borrowed = {}
        for level, source in settings.get("borrowed", {}).items():
            if len(source) != 1:
                raise ConfigError(f"factors.{name}.borrowed.{level}: name one factor and its level")
            borrowed[level] = next(iter(source.items()))
        levels = tuple(settings.get("levels", settings.get("scorers", ())))
        along = tuple(settings.get("along", ()))
        return cls(name, **{**settings, "levels": levels, "along": along, "borrowed": borrowed})

    @property
    def symbol(self) -> str:
        """The beginning of the label, up to a comma."""
        return self.label.partition(",")[0]

    @property
    def title(self) -> str:
        """The label as a heading; a symbol keeps its case."""
        return self.label[0].upper() + self.label[1:] if len(self.symbol) > 1 else self.label

    def named(self, level: Level) -> str:
        """Name a level together with its factor."""
        return f"{self.symbol}{': ' if isinstance(level, str) else ' = '}{shown(level)}"

    def level_of(self, config: Mapping[str, Any], differing: Sequence[str]) -> Level | None:
        """Find the level of a run that differs from the base in this factor's keys alone."""
        level = config.get(self.key)
        own = all(is_below(key, (self.key, *self.along)) for key in differing)
        return level if own and level in self.levels and level != self.base else None


def shown(level: Level) -> str:
    """Write a level as it is read.

    Example:
        >>> shown("bona_fide"), shown(0.001), shown(1.0), shown(2048)
        ('bona fide', '0.001', '1', '2048')
    """
    return level.replace("_", " ") if isinstance(level, str) else f"{level:g}"
