"""Bars by hand, and times of tasks whose cost is known."""

import time
from dataclasses import asdict
from json import dumps
from types import ModuleType

import pytest


@pytest.mark.parametrize(
    ("bar", "value", "ours", "alternative", "figure", "met"),
    [
        ("times_less", 20, 2.0, 40.0, 20.0, True),
        ("times_less", 20, 2.0, 39.0, 19.5, False),
        ("at_most_times", 1.1, 1.1, 1.0, 1.1, True),
        ("at_most_times", 1.1, 1.2, 1.0, 1.2, False),
        ("at_most_more", 3, 7.5, 5.0, 2.5, True),
        ("at_most_more", 3, 8.5, 5.0, 3.5, False),
        ("at_most", 30, 30.0, None, 30.0, True),
        ("at_most", 30, 31.0, None, 31.0, False),
    ],
)
def test_a_bar_is_met_or_not(
    comparison: ModuleType,
    bar: str,
    value: float,
    ours: float,
    alternative: float | None,
    figure: float,
    met: bool,
) -> None:
    needed = getattr(comparison, bar)(value)
    found = comparison.Comparison("a name", ours, alternative, "ms", needed, "another")
    assert found.figure == pytest.approx(figure)
    assert found.met is met
    assert comparison.from_json(dumps(asdict(found))) == found


def test_without_a_bar_there_is_nothing_to_meet(comparison: ModuleType) -> None:
    found = comparison.Comparison("a name", 2.0, 6.0, "ms")
    assert (found.figure, found.met) == (3.0, None)


def test_tasks_take_turns_forwards_and_backwards(comparison: ModuleType) -> None:
    order: list[str] = []
    comparison.interleaved(lambda: order.append("a"), lambda: order.append("b"), rounds=3)
    assert "".join(order) == "ab" + "ab" + "ba" + "ab"


def test_the_median_of_the_times_of_one_call(
    comparison: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    lengths = iter([1.0, 1.0, 1.0, 9.0, 9.0, 2.0, 2.0])  # a warm-up, then three rounds of two calls
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])

    def task() -> None:
        now[0] += next(lengths)

    assert comparison.interleaved(task, rounds=3, calls=2) == (2.0,)
