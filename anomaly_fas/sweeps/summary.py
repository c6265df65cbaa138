"""What a sweep says at its end: how many runs did what, and how to repeat each that failed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from anomaly_fas.files import atomic_path
from anomaly_fas.runs.outcome import MISTAKE, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from anomaly_fas.runs.outcome import Outcome


def summary(outcomes: Sequence[Outcome]) -> str:
    """`21 runs: 17 finished, 2 were finished already, 2 failed`."""
    of = Counter(outcome.state for outcome in outcomes)
    failed = sum(outcome.is_failure for outcome in outcomes)
    already = "was" if of[State.ALREADY] == 1 else "were"
    parts = [
        (of[State.FINISHED], "finished"),
        (of[State.ALREADY], f"{already} finished already"),
        (of[State.ELSEWHERE], State.ELSEWHERE),
        (failed, "failed"),
    ]
    told = ", ".join(f"{count} {what}" for count, what in parts if count)
    return f"{len(outcomes)} run{'s' * (len(outcomes) != 1)}: {told}"


def failure_list(ended: Iterable[tuple[str, Outcome]]) -> str:
    """A block for each run that failed.

    Args:
        ended: for each run the command that repeats it, and what became of it.
    """
    return "\n".join(
        "\n".join(
            [
                outcome.reason,
                *([f"  log:   {outcome.log}"] if outcome.log else []),
                f"  again: {command}",
                "",
            ]
        )
        for command, outcome in ended
        if outcome.is_failure
    )


def write_failures(path: Path, text: str) -> None:
    """Keep the list for whoever comes back later; a sweep without failures removes it.

    Raises:
        RunError: it cannot be written.
    """
    if not text:
        path.unlink(missing_ok=True)
        return
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def exit_code(outcomes: Iterable[Outcome]) -> int:
    """0 if nothing failed, 2 if by mistakes in the input alone, else 1."""
    states = {outcome.state for outcome in outcomes}
    if states & {State.CRASH, State.STOPPED}:
        return 1
    return MISTAKE if State.MISTAKE in states else 0
