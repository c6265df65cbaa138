"""What a search leaves to be read: a table of its trials, the best settings, a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd
import yaml

from anomaly_fas.files import write_text
from anomaly_fas.plots.search import search_figure
from anomaly_fas.plots.style import save
from anomaly_fas.search.outcome import best
from anomaly_fas.search.space import as_overrides

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from anomaly_fas.search.outcome import TrialOutcome

RESULTS: Final = ("trials.csv", "best.yaml", "search.png")
"""Files in a search's folder."""

_SHOWN: Final = 15
"""Trials that the screen has room for."""


def trial_table(outcomes: Sequence[TrialOutcome]) -> pd.DataFrame:
    """A row a trial: number, state, devel ACER as a fraction, its values, error and run folders."""
    return pd.DataFrame(
        [
            {
                "number": outcome.number,
                "state": outcome.state,
                "devel_acer": outcome.devel_acer,
                **outcome.values,
                "error": outcome.error,
                "run_folders": " ".join(outcome.runs),
            }
            for outcome in outcomes
        ],
        columns=["number", "state", "devel_acer", *_keys(outcomes), "error", "run_folders"],
    ).astype({"devel_acer": float})


def write_results(folder: Path, outcomes: Sequence[TrialOutcome], log: Collection[str]) -> None:
    """Write `trials.csv`, and, once a trial is complete, `best.yaml` and `search.png`.

    Args:
        folder: of the search.
        outcomes: all trials.
        log: keys that are searched on a logarithmic scale.

    Raises:
        RunError: a file cannot be written.
    """
    table = trial_table(outcomes)
    write_text(folder / "trials.csv", table.to_csv(index=False))
    if (found := best(outcomes)) is None:
        return
    write_text(folder / "best.yaml", _best(found))
    save(search_figure(table, _keys(outcomes), log), folder / "search.png")


def shown(outcomes: Sequence[TrialOutcome]) -> str:
    """The best trials, and how to train the best one again, for the screen."""
    table = trial_table(outcomes)
    lines = [_counts(table)]
    if (found := best(outcomes)) is None:
        return lines[0]
    first = table.sort_values(["devel_acer", "number"]).head(_SHOWN)
    first = first[first["state"] == "complete"].drop(columns=["state", "error", "run_folders"])
    first["devel_acer"] = [f"{100 * acer:.2f} %" for acer in first["devel_acer"]]
    lines += ["", first.to_string(index=False), ""]
    lines += [f"The best, trial {found.number}, trained again, with its figures on test:"]
    return "\n".join([*lines, *(f"  {command}" for command in found.runs.values())])


def _counts(table: pd.DataFrame) -> str:
    counts = table["state"].value_counts()
    names = {"complete": "complete", "fail": "failed", "running": "in progress or interrupted"}
    said = [f"{counts[state]} {name}" for state, name in names.items() if state in counts]
    return f"{len(table)} trial(s): " + (", ".join(said) or "none yet")


def _best(found: TrialOutcome) -> str:
    content = {
        "trial": found.number,
        "devel_acer": found.devel_acer,
        "overrides": list(as_overrides(found.values)),
        "commands": list(found.runs.values()),
        "run_folders": list(found.runs),
    }
    head = "# The trial of the least devel ACER; its figures on test had no part in the choice.\n"
    return head + str(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=1000))


def _keys(outcomes: Sequence[TrialOutcome]) -> list[str]:
    return list(dict.fromkeys(key for outcome in outcomes for key in outcome.values))
