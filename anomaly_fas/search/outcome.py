"""How a trial stands, and which of many is the best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from anomaly_fas.search.space import Values


@dataclass(frozen=True)
class TrialOutcome:
    """How a trial stands.

    Attributes:
        number: from 0 on.
        values: what it set.
        state: complete, fail or running; the latter may also be waiting to be taken up again.
        devel_acer: mean over its runs, None before it is complete.
        error: why it failed, or empty.
        runs: folder to the command that repeats the run.
    """

    number: int
    values: Values
    state: str
    devel_acer: float | None
    error: str
    runs: Mapping[str, str]


def best(outcomes: Sequence[TrialOutcome]) -> TrialOutcome | None:
    """The complete trial of the least devel ACER, the earliest of equals."""
    complete = [outcome for outcome in outcomes if outcome.devel_acer is not None]
    return min(complete, key=lambda outcome: (outcome.devel_acer, outcome.number), default=None)
