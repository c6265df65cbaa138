"""The score files that are compared: the published ones, and some made from them.

The published files are in the order of the annotations and have no score at a threshold, so they
leave two of the package's faults unseen. Both sides import this, so it needs the standard library
alone.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

Scores = dict[str, float]

PUBLISHED: Final = "published"


def _shuffled(scores: Scores) -> Scores:
    names = list(scores)
    Random(0).shuffle(names)
    return {name: scores[name] for name in names}


def _sampled(scores: Scores) -> Scores:
    names = Random(0).sample(list(scores), min(len(scores), 900))
    return {name: round(scores[name], 3) for name in names}


VARIANTS: Final[dict[str, Callable[[Scores], Scores]]] = {
    PUBLISHED: lambda scores: scores,
    "shuffled": _shuffled,
    "rounded": lambda scores: {name: round(score, 1) for name, score in scores.items()},
    "decided": lambda scores: {name: round(score, 0) for name, score in scores.items()},
    "negated": lambda scores: {name: -score for name, score in scores.items()},
    "sampled": _sampled,
}
"""What is done to a score file, by name; all but the first to grandtest only."""
