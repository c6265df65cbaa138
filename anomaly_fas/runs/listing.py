"""How runs stand, read from their folders without torch and without reading much."""

from __future__ import annotations

import csv
import math
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import yaml

from anomaly_fas.loggers.run_label import run_label
from anomaly_fas.runs.folder import is_classical
from anomaly_fas.runs.session import ERROR, LOG, is_held

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_WRITTEN: Final = (
    "config.yaml", LOG, ERROR, "metrics.csv", "metrics.json", "checkpoints/last.ckpt",
)  # fmt: skip
"""Files whose age is the run's."""

_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""That of libyaml is ten times as fast, where there is one."""


class RunState(StrEnum):
    """How a run stands, in the order in which runs are listed."""

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
        study: it belongs to.
        protocol: as its folder is named.
        name: what differs from other runs of the study, or method, hash and seed.
        epoch: devel passes made.
        epochs: devel passes of the whole run; None where `config.yaml` does not tell.
        devel_acer: the least so far as a fraction, None before the first devel pass.
        age: seconds since anything was written.
        folder: of the run.
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
    """The runs of a study or of all, by state, then by folder.

    Args:
        output_dir: folder of the studies.
        study: its name; None for all.
    """
    studies = [output_dir / study] if study else sorted(_folders(output_dir))
    found = [row for folder in studies for row in _rows(folder)]
    return sorted(found, key=lambda row: list(RunState).index(row.state))


def _folders(path: Path) -> Iterator[Path]:
    # A crop store has many thousands of files, three levels deep.
    return (part for part in path.glob("*") if part.is_dir() and part.name != "cache")


def _rows(study: Path) -> Iterator[RunRow]:
    paths = sorted(study.glob("*/*/seed=*/config.yaml"))
    configs = {path.parent: _config(path) for path in paths}
    overrides = [set(config.get("overrides") or ()) for config in configs.values()]
    shared = set.intersection(*overrides) if len(overrides) > 1 else set()
    for folder, config in configs.items():
        own = [part for part in config.get("overrides") or () if part not in shared]
        yield _row(folder, _devel_passes(config), own)


def _row(folder: Path, epochs: int | None, overrides: Sequence[str]) -> RunRow:
    epoch, devel_acer = _progress(folder / "metrics.csv")
    study, protocol, method, seed = folder.parts[-4:]
    return RunRow(
        state=_state(folder),
        study=study,
        protocol=protocol,
        name=run_label(overrides, f"{method} {seed}"),
        epoch=epoch,
        epochs=epochs,
        devel_acer=devel_acer,
        age=max(0.0, time.time() - max(_last_written(folder), default=math.inf)),
        folder=folder,
    )


def _devel_passes(config: dict[str, Any]) -> int | None:
    """One an epoch; of a classical method, one a pair of its classifier's settings."""
    if is_classical(config):
        return len(config["classifier"]["C"]) * len(config["classifier"]["gamma"])
    return config.get("epochs")


def _state(folder: Path) -> RunState:
    # In this order: a run that finishes meanwhile is not taken for one that was stopped.
    if is_held(folder):
        return RunState.RUNNING
    if (folder / "metrics.json").exists():
        return RunState.FINISHED
    return RunState.FAILED if (folder / ERROR).exists() else RunState.STOPPED


def _last_written(folder: Path) -> Iterator[float]:
    for name in _WRITTEN:
        path = folder / name
        if path.exists():
            yield path.stat().st_mtime


def _config(path: Path) -> dict[str, Any]:
    try:
        content = yaml.load(path.read_bytes(), _Loader)  # one of the safe loaders
    except (OSError, yaml.YAMLError):
        return {}
    return content if isinstance(content, dict) else {}


def _progress(path: Path) -> tuple[int, float | None]:
    """Devel passes and the least devel ACER, from the columns that hold them.

    All cells are numbers, so a row is split at its commas. Most rows are of training steps: they
    begin with nothing but commas, and are passed over.
    """
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
