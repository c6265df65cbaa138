"""List runs with their state and progress, from their folders and without torch."""

import csv
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import yaml

from anomaly_fas.loggers.run_label import run_label
from anomaly_fas.runs.folder import is_classical
from anomaly_fas.runs.session import ERROR, LOG, is_held

_WRITTEN: Final = (
    "config.yaml", LOG, ERROR, "metrics.csv", "metrics.json", "checkpoints/last.ckpt",
)  # fmt: skip
"""Files whose newest change is the run's last sign of life."""

_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's loader, ten times as fast, where it is installed."""


class RunState(StrEnum):
    """State of a run, in the order in which runs are listed."""

    RUNNING = "running"
    FAILED = "failed"
    STOPPED = "stopped"
    FINISHED = "finished"


@dataclass(frozen=True)
class RunRow:
    """A run in the list.

    Attributes:
        state: `running` if a process has it now; `failed` if an error ended it, `stopped` if it
            was interrupted or killed: the same command goes on with either.
        name: overrides that differ from other runs of the study, or method, hash and seed.
        epoch: number of devel passes made.
        epochs: number of devel passes of the whole run; None if `config.yaml` cannot be read.
        devel_acer: least devel ACER so far, a fraction; None before the first devel pass.
        age: seconds since anything was written.
    """

    state: RunState
    study: str
    protocol: str
    name: str
    epoch: int
    epochs: int | None
    devel_acer: float | None
    age: float
    folder: Path


def run_rows(output_dir: Path, study: str | None) -> list[RunRow]:
    """List the runs of a study, or of all studies if None, by state, then by folder."""
    # A crop store in the cache has many thousands of files, three levels deep.
    all_studies = (part for part in output_dir.glob("*") if part.is_dir() and part.name != "cache")
    studies = [output_dir / study] if study else sorted(all_studies)
    rows = [row for folder in studies for row in _rows(folder)]
    return sorted(rows, key=lambda row: list(RunState).index(row.state))


def _rows(study: Path) -> Iterator[RunRow]:
    paths = sorted(study.glob("*/*/seed=*/config.yaml"))
    configs = {path.parent: _config(path) for path in paths}
    overrides = [set(config.get("overrides") or ()) for config in configs.values()]
    shared = set.intersection(*overrides) if len(overrides) > 1 else set()
    for folder, config in configs.items():
        distinct = [part for part in config.get("overrides") or () if part not in shared]
        epoch, devel_acer = _progress(folder / "metrics.csv")
        _, protocol, method, seed = folder.parts[-4:]
        written = [path.stat().st_mtime for name in _WRITTEN if (path := folder / name).exists()]
        yield RunRow(
            state=_state(folder),
            study=study.name,
            protocol=protocol,
            name=run_label(distinct, f"{method} {seed}"),
            epoch=epoch,
            epochs=_devel_passes(config),
            devel_acer=devel_acer,
            age=max(0.0, time.time() - max(written, default=math.inf)),
            folder=folder,
        )


def _devel_passes(config: dict[str, Any]) -> int | None:
    if is_classical(config):  # one for each pair of the classifier's settings
        return len(config["classifier"]["C"]) * len(config["classifier"]["gamma"])
    return config.get("epochs")


def _state(folder: Path) -> RunState:
    # In this order: a run that finishes meanwhile is not taken for one that was stopped.
    if is_held(folder):
        return RunState.RUNNING
    if (folder / "metrics.json").exists():
        return RunState.FINISHED
    return RunState.FAILED if (folder / ERROR).exists() else RunState.STOPPED


def _config(path: Path) -> dict[str, Any]:
    try:
        content = yaml.load(path.read_bytes(), _Loader)  # one of the safe loaders
    except (OSError, yaml.YAMLError):
        return {}
    return content if isinstance(content, dict) else {}


def _progress(path: Path) -> tuple[int, float | None]:
    """Return the number of devel passes and the least devel ACER of a `metrics.csv`."""
    # All cells are numbers, so a row is split at its commas. Most rows are of training steps: they
    # begin with nothing but commas, and are skipped.
    try:
        whole, _, _being_written = path.read_text().rpartition("\n")
        header, *rows = whole.splitlines()
        column = next(csv.reader([header])).index("devel_acer")
        empty = "," * (column + 1)
        cells = (row.split(",", column + 1)[column] for row in rows if not row.startswith(empty))
        acers = [float(cell) for cell in cells if cell]
    except (OSError, ValueError, IndexError):  # not there yet, or damaged
        return 0, None
    return len(acers), min((acer for acer in acers if not math.isnan(acer)), default=None)
