"""What a sweep says at its end."""

from pathlib import Path

import pytest

from anomaly_fas.runs.outcome import Outcome, State
from anomaly_fas.sweeps.summary import exit_code, failure_list, summary

DONE, ALREADY = Outcome(State.FINISHED), Outcome(State.ALREADY)
MISTAKE, CRASH = Outcome(State.MISTAKE, "no such file", Path("a.log")), Outcome(State.CRASH, "oh")


@pytest.mark.parametrize(
    ("outcomes", "text"),
    [
        ([DONE] * 17 + [ALREADY] * 2 + [MISTAKE, CRASH],
         "21 runs: 17 finished, 2 were finished already, 2 failed"),
        ([DONE], "1 run: 1 finished"),
        ([Outcome(State.ELSEWHERE)] * 2, "2 runs: 2 in progress elsewhere"),
        ([ALREADY], "1 run: 1 was finished already"),
        ([CRASH, CRASH], "2 runs: 2 failed"),
    ],
)  # fmt: skip
def test_how_many_runs_did_what(outcomes: list[Outcome], text: str) -> None:
    assert summary(outcomes) == text


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [([DONE, ALREADY], 0), ([DONE, MISTAKE], 2), ([MISTAKE, CRASH], 1), ([CRASH, DONE], 1)],
)
def test_the_exit_code_tells_mistakes_from_crashes(outcomes: list[Outcome], code: int) -> None:
    assert exit_code(outcomes) == code


def test_a_block_for_each_failure_and_none_for_the_others() -> None:
    ended = [("run a", MISTAKE), ("run b", DONE), ("run c", CRASH)]
    assert failure_list(ended) == (
        "no such file\n  log:   a.log\n  again: run a\n\noh\n  again: run c\n"
    )
    assert failure_list([("run b", DONE)]) == ""
