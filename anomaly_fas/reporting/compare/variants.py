"""The variants of a study: what its runs have beside their methods, such as the network."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from anomaly_fas.reporting.compare.runs import Config, StudyRun


class Variants:
    """Names the variants of a study's runs.

    Args:
        runs: all of the study.
        nodes: keys or nodes of the config that variants differ in.
        everywhere: methods that no variant concerns.
    """

    def __init__(
        self, runs: Sequence[StudyRun], nodes: Sequence[str], everywhere: Sequence[str]
    ) -> None:
        self._everywhere = everywhere
        self._names = {
            node: _names([run for run in runs if _has(run, node)], node) for node in nodes
        }

    def of(self, run: StudyRun) -> set[str]:
        """The name of a run's variant; none for a method that is in all."""
        nodes = [node for node, names in self._names.items() if len(names) > 1]
        is_everywhere = run.file.facts.method in self._everywhere
        if is_everywhere or any(not _has(run, node) for node in nodes):
            return set()
        return {", ".join(self._names[node][_content(run, node)] for node in nodes)}

    def among(self, runs: Iterable[StudyRun]) -> set[str]:
        """All variants of some runs; the unnamed one if all are in all."""
        return set().union(*(self.of(run) for run in runs)) or {""}


def _names(runs: Sequence[StudyRun], node: str) -> dict[str, str]:
    """Of each content of a node: the option that made it, or else values that tell it apart."""
    contents = {_content(run, node): _below(run.config, node) for run in runs}
    options: dict[str, set[str]] = defaultdict(set)
    for run in runs:
        options[_content(run, node)] |= _option(run, node)
    values = _telling(contents)
    names = {}
    for content, own in options.items():
        others = set().union(*(options[other] for other in contents if other != content))
        is_clear = len(own) == 1 and not own & others
        names[content] = next(iter(own)) if is_clear else values[content]
    return names


def _option(run: StudyRun, node: str) -> set[str]:
    """The option of a node that a run's changes name, if any."""
    changes = [change.lstrip("+").partition("=") for change in run.changes]
    return {
        value for key, _, value in changes if key == node and "/" not in value and "{" not in value
    }


def _telling(contents: Mapping[str, Config]) -> dict[str, str]:
    """In words, the first key whose value is another in each content, or all that differ."""
    keys = sorted({key for own in contents.values() for key in own})
    columns = {key: [str(own.get(key)) for own in contents.values()] for key in keys}
    differing = [key for key in keys if len(set(columns[key])) > 1]
    clear = [
        key
        for key in differing
        if len(set(columns[key])) == len(contents) and not key.rpartition(".")[2].startswith("_")
    ]
    used = clear[:1] or differing
    return {
        content: ", ".join(f"{key.rpartition('.')[2]}={own.get(key)}" for key in used)
        for content, own in contents.items()
    }


def _content(run: StudyRun, node: str) -> str:
    return json.dumps(_below(run.config, node), sort_keys=True, default=str)


def _has(run: StudyRun, node: str) -> bool:
    return bool(_below(run.config, node))


def _below(config: Config, node: str) -> Config:
    return {
        key: value for key, value in config.items() if key == node or key.startswith(f"{node}.")
    }
