"""Which runs of a study are compared with each other: families, variants and methods."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from anomaly_fas.dotted_names import is_below
from anomaly_fas.errors import DataError
from anomaly_fas.reporting.study import Config, ScoreFile, StudyRun

_NETWORK: Final = "model"
"""The part of the config that a run's stored variant describes."""

_ASIDE: Final = ("protocol", "lists", "seed")
"""Config nodes that do not name a method."""

_LONGEST: Final = 60
"""Letters of settings that name a method; beyond, a digest does."""


@dataclass(frozen=True)
class Rules:
    """What tells runs apart.

    Attributes:
        variants: keys or nodes of a config; runs that differ in them are compared apart.
        apart: parameters of protocols that make another family; all others make its members.
        everywhere: methods that no variant concerns: they are compared in each.
    """

    variants: tuple[str, ...] = (_NETWORK,)
    apart: tuple[str, ...] = ()
    everywhere: tuple[str, ...] = ()


@dataclass(frozen=True, order=True)
class Group:
    """Runs that are compared: one family of protocols on data of one kind, one variant.

    Attributes:
        family: protocols that differ only in who is held out, such as `folds`.
        variant: what else the runs have in common, empty where the study has one alone.
    """

    family: str
    lists: str
    data_kind: str
    variant: str

    @property
    def title(self) -> str:
        """Heading of the group."""
        lists = "" if self.lists == "leak_free" else f"{self.lists} lists"
        return ", ".join(filter(None, (self.family, lists, self.variant, self.data_kind)))


@dataclass(frozen=True, order=True)
class Condition:
    """What each method of a group trains one network for."""

    protocol: str
    seed: int


Runs = dict[Group, dict[str, dict[Condition, "ScoreFile"]]]
"""Group to method to condition to scores."""


def grouped(runs: Sequence[StudyRun], rules: Rules) -> Runs:
    """Sort the runs of a study into groups, methods and conditions.

    A method that has runs of several configs in a family and a variant, the protocol aside, becomes
    several, each named with what was set. Of a method that no variant concerns, a variant has the
    runs that were made with its other settings, such as its size of images, if there are any.

    Raises:
        DataError: nothing sets two runs apart.
    """
    families = [_family(run, rules) for run in runs]
    of_module = Counter(module for module, _ in set(families))
    members: dict[tuple[str, str, str], list[tuple[StudyRun, str | None]]] = defaultdict(list)
    variants = _variant_names(runs, rules)
    for run, (module, parameters), variant in zip(runs, families, variants, strict=True):
        facts = run.scores.facts
        name = module if of_module[module] == 1 else f"{module} {parameters}"
        members[name, facts.lists, facts.data_kind].append((run, variant))
    groups: Runs = defaultdict(lambda: defaultdict(dict))
    for family, pairs in sorted(members.items()):
        everywhere = [run for run, variant in pairs if variant is None]
        for variant in {variant for _, variant in pairs if variant is not None} or {""}:
            inside = [run for run, name in pairs if name == variant]
            inside += _fitting(everywhere, inside, rules)
            for run, method in zip(inside, _methods(inside, rules), strict=True):
                _add(groups[Group(*family, variant)][method], run.scores)
    return {group: dict(methods) for group, methods in sorted(groups.items())}


def _add(runs: dict[Condition, ScoreFile], file: ScoreFile) -> None:
    condition = Condition(file.facts.protocol, file.facts.seed)
    if condition in runs:
        raise DataError(
            f"{runs[condition].path} and {file.path} are of the same protocol, method and seed. "
            "Name what sets them apart, such as apart=[share] of protocol.share, or move one away"
        )
    runs[condition] = file


def _family(run: StudyRun, rules: Rules) -> tuple[str, str]:
    """Name the module of the protocol's class, and the parameters that make another family."""
    target = str(run.config.get("protocol._target_", run.scores.facts.protocol))
    parameters = [
        f"{key}={run.config[f'protocol.{key}']}"
        for key in rules.apart
        if run.config.get(f"protocol.{key}") is not None
    ]
    return target.split(".")[-2] if "." in target else target, " ".join(parameters)


def _variant_names(runs: Sequence[StudyRun], rules: Rules) -> list[str | None]:
    """Name each run's variant; None for a run that is in all variants."""
    names: list[list[str]] = [[] for _ in runs]
    is_everywhere = [run.method in rules.everywhere for run in runs]
    for node in rules.variants:
        contents = [_content(run, node) for run in runs]
        keys = _telling([content for content in contents if content])
        for number, content in enumerate(contents):
            is_everywhere[number] |= bool(keys) and not content
            names[number] += [f"{key}={content.get(key)}".removeprefix("=") for key in keys]
    return [
        None if is_in_all else ", ".join(name)
        for name, is_in_all in zip(names, is_everywhere, strict=True)
    ]


def _content(run: StudyRun, node: str) -> dict[str, str]:
    """Select a run's values below a config node, by the last part of the key."""
    if node == _NETWORK:
        name, *settings = run.variant.split(" ")
        content = {"": name} | dict(word.split("=", 1) for word in settings)
        return content if name else {}
    return {
        key.rpartition(".")[2]: str(value)
        for key, value in run.config.items()
        if is_below(key, [node])
    }


def _telling(contents: Sequence[Mapping[str, str]]) -> list[str]:
    """Find the first key whose value identifies each distinct content, or all that differ."""
    distinct = {tuple(sorted(content.items())): content for content in contents}.values()
    values = {
        key: {content.get(key) for content in distinct} for content in distinct for key in content
    }
    differing = sorted(key for key, texts in values.items() if len(texts) > 1)
    telling = [key for key in differing if len(values[key]) == len(distinct)]
    return [key for key in telling if not key.startswith("_")][:1] or differing


def _fitting(runs: Sequence[StudyRun], inside: Sequence[StudyRun], rules: Rules) -> list[StudyRun]:
    """Select, of runs that no variant concerns, those with the settings common to a variant."""
    common = dict(set.intersection(*(_settings(run, rules) for run in inside))) if inside else {}
    fitting: dict[str, list[StudyRun]] = defaultdict(list)
    others: dict[str, list[StudyRun]] = defaultdict(list)
    for run in runs:
        fits = all(common.get(key, value) == value for key, value in _settings(run, rules))
        (fitting if fits else others)[run.method].append(run)
    return [run for method in {**others, **fitting} for run in fitting.get(method, others[method])]


def _settings(run: StudyRun, rules: Rules) -> set[tuple[str, str]]:
    """Collect what counts of a config, method's name, protocol and variant aside."""
    counting = _counting(run.config, rules).items()
    return {(key, _text(value)) for key, value in counting if key != "method"}


def _methods(runs: Sequence[StudyRun], rules: Rules) -> list[str]:
    """Name each run's method among the runs of a family."""
    counting = [_text(_counting(run.config, rules)) for run in runs]
    digests = [hashlib.sha256(text.encode()).hexdigest()[:8] for text in counting]
    by_method: dict[str, dict[str, set[str]]] = defaultdict(dict)
    for run, digest in zip(runs, digests, strict=True):
        words = {
            word
            for word in run.settings
            if not is_below(word.lstrip("+~").partition("=")[0], (*_ASIDE, *rules.variants))
        }
        by_method[run.method].setdefault(digest, words).intersection_update(words)
    names = {method: _labels(method, words) for method, words in by_method.items()}
    return [names[run.method][digest] for run, digest in zip(runs, digests, strict=True)]


def _labels(method: str, words: Mapping[str, set[str]]) -> dict[str, str]:
    """Name each config of a method, by its digest."""
    if len(words) == 1:
        return dict.fromkeys(words, method)
    shared = set.intersection(*words.values())
    texts = {digest: " ".join(sorted(names - shared)) for digest, names in words.items()}
    count = Counter(texts.values())
    is_clear = {text: len(text) <= _LONGEST and number == 1 for text, number in count.items()}
    return {
        digest: f"{method} {text if is_clear[text] else digest}".rstrip()
        for digest, text in texts.items()
    }


def _counting(config: Config, rules: Rules) -> Config:
    """Select what counts of a config, protocol and variant aside."""
    nodes = (*_ASIDE, *rules.variants)
    return {key: value for key, value in config.items() if not is_below(key, nodes)}


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
