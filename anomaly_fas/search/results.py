"""Write and show the results of a search: a table of trials, the best settings, a picture."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pandas as pd
import yaml
from optuna.trial import FrozenTrial, TrialState

from anomaly_fas.files import write_text
from anomaly_fas.plots.search import search_figure
from anomaly_fas.plots.style import save
from anomaly_fas.search.space import as_overrides

RESULTS: Final = ("trials.csv", "best.yaml", "search.png")
"""Files in a search's folder."""

_SHOWN: Final = 15  # trials that the screen has room for


def best(trials: Sequence[FrozenTrial]) -> FrozenTrial | None:
    """Return the complete trial of the least devel ACER, the earliest of equals."""
    complete = [trial for trial in trials if trial.state is TrialState.COMPLETE]
    return min(complete, key=lambda trial: (trial.value, trial.number), default=None)


def trial_table(trials: Sequence[FrozenTrial]) -> pd.DataFrame:
    """Tabulate trials: number, state, devel ACER (a fraction), values, error, run folders."""
    rows = [
        {
            "number": trial.number,
            "state": trial.state.name.lower(),
            "devel_acer": trial.value,
            **trial.params,
            "error": trial.user_attrs.get("error", ""),
            "run_folders": " ".join(trial.user_attrs.get("runs", {})),
        }
        for trial in trials
    ]
    columns = ["number", "state", "devel_acer", *_keys(trials), "error", "run_folders"]
    return pd.DataFrame(rows, columns=columns).astype({"devel_acer": float})


def _keys(trials: Sequence[FrozenTrial]) -> list[str]:
    return list(dict.fromkeys(key for trial in trials for key in trial.params))


def write_results(folder: Path, trials: Sequence[FrozenTrial]) -> None:
    """Write `trials.csv`, and, once a trial is complete, `best.yaml` and `search.png`.

    Raises:
        RunError: a file cannot be written.
    """
    table = trial_table(trials)
    write_text(folder / "trials.csv", table.to_csv(index=False))
    first = best(trials)
    if first is None:
        return
    runs = first.user_attrs["runs"]
    content = {
        "trial": first.number,
        "devel_acer": first.value,
        "overrides": list(as_overrides(first.params)),
        "commands": list(runs.values()),
        "run_folders": list(runs),
    }
    head = "# The trial of the least devel ACER; its figures on test had no part in the choice.\n"
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=1000)
    write_text(folder / "best.yaml", head + text)
    log = {key for key, spread in first.distributions.items() if getattr(spread, "log", False)}
    save(search_figure(table, _keys(trials), log), folder / "search.png")


def shown(trials: Sequence[FrozenTrial]) -> str:
    """Describe the best trials, and how to train the best one again."""
    table = trial_table(trials)
    counts = table["state"].value_counts()
    names = {"complete": "complete", "fail": "failed", "running": "in progress or interrupted"}
    states = [f"{counts[state]} {name}" for state, name in names.items() if state in counts]
    line = f"{len(table)} trial(s): " + (", ".join(states) or "none yet")
    first = best(trials)
    if first is None:
        return line
    rows = table[table["state"] == "complete"].sort_values(["devel_acer", "number"]).head(_SHOWN)
    rows = rows.drop(columns=["state", "error", "run_folders"])
    rows["devel_acer"] = [f"{100 * acer:.2f} %" for acer in rows["devel_acer"]]
    again = f"The best, trial {first.number}, trained again, with its figures on test:"
    commands = [f"  {command}" for command in first.user_attrs["runs"].values()]
    return "\n".join([line, "", rows.to_string(index=False), "", again, *commands])
