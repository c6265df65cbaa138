"""Which runs of a study are compared with each other: families, variants and methods."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from anomaly_fas.errors import DataError
from anomaly_fas.reporting.compare.variants import Variants

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from anomaly_fas.reporting.collect import ScoreFile

Config = dict[str, Any]
"""What counts of a run's config, flat: dotted key to value."""

_LONGEST: Final = 60
"""Letters of changes that name a method; beyond, a digest does."""


@dataclass(frozen=True)
class StudyRun:
    """A finished run and what it was made with.

    Attributes:
        file: its scores.
        config: what counts of its config.
        changes: what the command line or the study changed, such as `loss.weight=0.1`.
    """

    file: ScoreFile
    config: Config
    changes: tuple[str, ...]


@dataclass(frozen=True)
class Rules:
    """What tells runs apart.

    Attributes:
        variants: keys or nodes of a config; runs that differ in them are compared apart.
        apart: parameters of protocols that make another family; all others make its members.
        everywhere: methods that no variant concerns: they are compared in each.
    """

    variants: tuple[str, ...] = ("model",)
    apart: tuple[str, ...] = ()
    everywhere: tuple[str, ...] = ()


@dataclass(frozen=True, order=True)
class Group:
    """Runs that are compared: one family of protocols on data of one kind, one variant.

    Attributes:
        family: of protocols that differ only in who is held out, such as `folds`.
        lists: `leak_free` or `official`.
        data_kind: simulated, real, mixed or published.
        variant: what else the runs have in common, empty where the study has one alone.
    """

    family: str
    lists: str
    data_kind: str
    variant: str

    @property
    def title(self) -> str:
        """As headings have it."""
        lists = "" if self.lists == "leak_free" else f"{self.lists} lists"
        return ", ".join(filter(None, (self.family, lists, self.variant, self.data_kind)))


@dataclass(frozen=True, order=True)
class Cell:
    """A place in a group: one network is trained for it by each method."""

    protocol: str
    seed: int


Runs = dict[Group, dict[str, dict[Cell, "ScoreFile"]]]
"""Group to method to cell to scores."""


def grouped(runs: Sequence[StudyRun], rules: Rules) -> Runs:
    """Sort the runs of a study.

    A method that has runs of several configs in a family and a variant, the protocol aside, becomes
    several, each named with what was changed. Of a method that no variant concerns, a variant has
    the runs that were made with its other settings, such as its size of images, if there are any.

    Args:
        runs: all that are finished.
        rules: what tells them apart.

    Raises:
        DataError: two runs are told apart by nothing.
    """
    families = [_family(run, rules) for run in runs]
    of_module = Counter(module for module, _ in set(families))
    by_family: dict[tuple[str, str, str], list[StudyRun]] = defaultdict(list)
    for run, (module, parameters) in zip(runs, families, strict=True):
        facts = run.file.facts
        name = module if of_module[module] == 1 else f"{module} {parameters}"
        by_family[name, facts.lists, facts.data_kind].append(run)
    variants = Variants(runs, rules.variants, rules.everywhere)
    found: Runs = defaultdict(lambda: defaultdict(dict))
    for place, members in sorted(by_family.items()):
        for variant in variants.among(members):
            own = [run for run in members if variant in variants.of(run)]
            everywhere = [run for run in members if not variants.of(run)]
            there = [*own, *_fitting(everywhere, own, rules)]
            for run, method in zip(there, _methods(there, rules), strict=True):
                _add(found[Group(*place, variant)][method], run.file)
    return {group: dict(methods) for group, methods in sorted(found.items())}


def _add(cells: dict[Cell, ScoreFile], file: ScoreFile) -> None:
    cell = Cell(file.facts.protocol, file.facts.seed)
    if cell in cells:
        raise DataError(
            f"{cells[cell].path} and {file.path} are of the same protocol, method and seed. Name "
            "what sets them apart, such as apart=[share] of protocol.share, or move one away"
        )
    cells[cell] = file


def _family(run: StudyRun, rules: Rules) -> tuple[str, str]:
    """The module of the protocol's class, and the parameters that make another family."""
    target = str(run.config.get("protocol._target_", run.file.facts.protocol))
    parameters = [
        f"{key}={run.config[f'protocol.{key}']}"
        for key in rules.apart
        if run.config.get(f"protocol.{key}") is not None
    ]
    return target.split(".")[-2] if "." in target else target, " ".join(parameters)


def _fitting(runs: Sequence[StudyRun], own: Sequence[StudyRun], rules: Rules) -> list[StudyRun]:
    """Of runs that no variant concerns, those with what all of a variant's own have in common."""
    common = dict(set.intersection(*(_settings(run, rules) for run in own))) if own else {}
    fitting: dict[str, list[StudyRun]] = defaultdict(list)
    others: dict[str, list[StudyRun]] = defaultdict(list)
    for run in runs:
        fits = all(common.get(key, value) == value for key, value in _settings(run, rules))
        (fitting if fits else others)[run.file.facts.method].append(run)
    return [run for method in {**others, **fitting} for run in fitting.get(method, others[method])]


def _settings(run: StudyRun, rules: Rules) -> set[tuple[str, str]]:
    """All that counts, the method's name, the protocol and the variant aside."""
    own = _counting(run.config, rules).items()
    return {(key, _text(value)) for key, value in own if key != "method"}


def _methods(runs: Sequence[StudyRun], rules: Rules) -> list[str]:
    """The name of each run's method among the runs of a family."""
    digests = [_digest(run.config, rules) for run in runs]
    by_method: dict[str, dict[str, set[str]]] = defaultdict(dict)
    for run, digest in zip(runs, digests, strict=True):
        own = set(_changes(run, rules))
        known = by_method[run.file.facts.method].setdefault(digest, own)
        known &= own
    names = {method: _labels(method, own) for method, own in by_method.items()}
    return [names[run.file.facts.method][digest] for run, digest in zip(runs, digests, strict=True)]


def _labels(method: str, changes: Mapping[str, set[str]]) -> dict[str, str]:
    """A name for each config of a method, by its digest."""
    if len(changes) == 1:
        return dict.fromkeys(changes, method)
    shared = set.intersection(*changes.values())
    texts = {digest: " ".join(sorted(own - shared)) for digest, own in changes.items()}
    unclear = {
        text
        for text in texts.values()
        if len(text) > _LONGEST or list(texts.values()).count(text) > 1
    }
    return {
        digest: " ".join(filter(None, (method, digest if text in unclear else text)))
        for digest, text in texts.items()
    }


def _digest(config: Config, rules: Rules) -> str:
    """Of all that counts but the protocol and the variant."""
    return hashlib.sha256(_text(_counting(config, rules)).encode()).hexdigest()[:8]


def _counting(config: Config, rules: Rules) -> Config:
    return {key: value for key, value in config.items() if not _is_below(key, _ASIDE, rules)}


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def _changes(run: StudyRun, rules: Rules) -> list[str]:
    return [
        change
        for change in run.changes
        if not _is_below(change.lstrip("+~").partition("=")[0], _ASIDE, rules)
    ]


_ASIDE: Final = ("protocol", "lists", "seed")
"""What a method is not named by."""


def _is_below(key: str, nodes: Sequence[str], rules: Rules) -> bool:
    return any(key == node or key.startswith(f"{node}.") for node in (*nodes, *rules.variants))
