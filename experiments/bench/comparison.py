"""What a benchmark says: a cost of ours, that of an alternative, and the bar it is held to.

A script of this folder has a function `comparisons(quick: bool, …) -> Iterator[Comparison]`, that
measures and yields, and ends with `run_script(comparisons)`: so `python experiments/bench/NAME.py`
prints its table, `--quick` makes it a trial, and `make bench` runs all of them.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Kind(StrEnum):
    """How a bar is meant; every value is a cost, of which less is better."""

    TIMES_LESS = "times_less"
    TIMES = "times"
    MORE = "more"
    LIMIT = "limit"


@dataclass(frozen=True)
class Bar:
    """What a comparison must reach; see the functions below, which make one."""

    kind: Kind
    value: float


def times_less(value: float) -> Bar:
    """The alternative costs at least so many times as much as ours."""
    return Bar(Kind.TIMES_LESS, value)


def at_most_times(value: float) -> Bar:
    """Ours costs at most so many times (1.03; or a share, such as 0.02) of the alternative."""
    return Bar(Kind.TIMES, value)


def at_most_more(value: float) -> Bar:
    """Ours costs at most so much more than the alternative, in the comparison's unit."""
    return Bar(Kind.MORE, value)


def at_most(value: float) -> Bar:
    """Ours costs at most so much, in the comparison's unit; there is no alternative."""
    return Bar(Kind.LIMIT, value)


@dataclass(frozen=True)
class Comparison:
    """One row of the table.

    Attributes:
        name: what is measured, such as `objective, N = 1024: time`.
        ours: its cost, in `unit`; less is better, so seconds a crop and not crops a second.
        alternative: that of the alternative; None where there is none.
        unit: such as `ms` or `MiB`.
        bar: None where the row is only shown.
        against: what the alternative is, in a few words.
        note: whatever else a reader should know.
    """

    name: str
    ours: float
    alternative: float | None
    unit: str
    bar: Bar | None = None
    against: str = ""
    note: str = ""

    @property
    def kind(self) -> Kind:
        """How the two costs are compared."""
        if self.alternative is None:
            return Kind.LIMIT
        return self.bar.kind if self.bar else Kind.TIMES_LESS

    @property
    def figure(self) -> float:
        """What is held against the bar: a ratio, a difference or our cost itself."""
        match self.kind:
            case Kind.TIMES_LESS:
                return self.alternative / self.ours
            case Kind.TIMES:
                return self.ours / self.alternative
            case Kind.MORE:
                return self.ours - self.alternative
            case Kind.LIMIT:
                return self.ours

    @property
    def met(self) -> bool | None:
        """Whether the bar is reached; None where there is none."""
        if self.bar is None:
            return None
        if self.kind is Kind.TIMES_LESS:
            return self.figure >= self.bar.value
        return self.figure <= self.bar.value


def interleaved(
    *tasks: Callable[[], object], rounds: int = 5, calls: int = 1, warm_up: int = 1
) -> tuple[float, ...]:
    """The median seconds of a call of each task, run by turns in this process.

    Args:
        tasks: usually ours and the alternative.
        rounds: how often each is timed; every other round they take turns backwards.
        calls: how many calls make one time, for tasks of less than a millisecond.
        warm_up: calls before the first that counts.
    """
    for task in tasks:
        for _ in range(warm_up):
            task()
    seconds: list[list[float]] = [[] for _ in tasks]
    for number in range(rounds):
        order = range(len(tasks))
        for place in order if number % 2 == 0 else reversed(order):
            start = time.perf_counter()
            for _ in range(calls):
                tasks[place]()
            seconds[place].append((time.perf_counter() - start) / calls)
    return tuple(median(taken) for taken in seconds)


def run_script(
    comparisons: Callable[..., Iterator[Comparison]], parser: argparse.ArgumentParser | None = None
) -> None:
    """Measure and print, as a script.

    Args:
        comparisons: given `quick` and the parser's own options by name.
        parser: with the script's own options, if it has any.
    """
    parser = parser or argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="a trial: smaller, and no evidence")
    parser.add_argument("--json", type=Path, help="also write each comparison to a line of a file")
    options = vars(parser.parse_args())
    path = options.pop("json")
    for comparison in comparisons(**options):
        print(line(comparison), flush=True)
        if path is not None:
            with path.open("a") as file:
                file.write(json.dumps(asdict(comparison)) + "\n")


def from_json(text: str) -> Comparison:
    """A comparison as `--json` writes it."""
    fields: dict[str, Any] = json.loads(text)
    bar = fields.pop("bar")
    return Comparison(**fields, bar=bar and Bar(Kind(bar["kind"]), bar["value"]))


def line(comparison: Comparison) -> str:
    """A comparison on one line of a terminal."""
    cells = [f"{comparison.name:44}", f"ours {cost(comparison.ours, comparison.unit):>10}"]
    if comparison.alternative is not None:
        alternative = cost(comparison.alternative, comparison.unit)
        cells += [f"{comparison.against or 'alternative'} {alternative}", outcome(comparison)]
    if comparison.bar is not None:
        cells += [f"bar {bar_text(comparison)}", "met" if comparison.met else "NOT MET"]
    return "   ".join([*cells, comparison.note] if comparison.note else cells)


def cost(value: float, unit: str) -> str:
    """A cost to three or more figures, such as `0.0123 ms` or `5731 ms`."""
    return f"{value:.0f} {unit}" if abs(value) >= 1000 else f"{value:.3g} {unit}"


def outcome(comparison: Comparison) -> str:
    """The figure that is held against the bar, in words."""
    figure = comparison.figure
    match comparison.kind:
        case Kind.TIMES_LESS:
            return f"{figure:.3g} times less" if figure < 1000 else f"{figure:.0f} times less"
        case Kind.TIMES:
            return f"{figure:.3f} times"
        case Kind.MORE:
            return f"{cost(figure, comparison.unit)} more"
        case Kind.LIMIT:
            return cost(figure, comparison.unit)


def bar_text(comparison: Comparison) -> str:
    """The bar in words, such as `>= 20 times less`; empty where there is none."""
    if comparison.bar is None:
        return ""
    value = comparison.bar.value
    match comparison.bar.kind:
        case Kind.TIMES_LESS:
            return f">= {value:g} times less"
        case Kind.TIMES:
            return f"<= {value:g} times"
        case Kind.MORE:
            return f"<= {value:g} {comparison.unit} more"
        case Kind.LIMIT:
            return f"<= {value:g} {comparison.unit}"
