"""`anomaly-fas runs`: the runs of a study or of all with state, epoch, devel ACER and age."""

import csv
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from omegaconf import DictConfig

from anomaly_fas.commands.app import run_app
from anomaly_fas.console import print_table
from anomaly_fas.errors import DataError
from anomaly_fas.runs.listing import RunRow, RunState, run_rows
from anomaly_fas.runs.session import ERROR

_HEADER: Final = ("state", "epoch", "devel ACER", "age", "protocol", "run")


def main() -> None:
    """The subcommand."""
    run_app("runs", runs, aliases={"study": "study_name"})


def runs(config: DictConfig) -> None:
    """Print the list."""
    place = Path(config.paths.output_dir)
    found = run_rows(place, config.study_name)
    if not found:
        raise DataError(f"no run in {place / (config.study_name or '')}: `anomaly-fas train`")
    (_print_csv if config.format == "csv" else _print_table)(found)


def _print_table(rows: Sequence[RunRow]) -> None:
    several = len({row.study for row in rows}) > 1
    print_table(_HEADER, (_cells(row, with_study=several) for row in rows))
    for row in rows:
        if row.state is RunState.FAILED:
            print(f"{row.folder / ERROR}: {_last_line(row.folder / ERROR)}")
    counts = Counter(row.state for row in rows)
    print(", ".join(f"{counts[state]} {state}" for state in RunState if counts[state]))


def _cells(row: RunRow, *, with_study: bool) -> tuple[str, ...]:
    return (
        str(row.state),
        f"{row.epoch}/{row.epochs if row.epochs is not None else '?'}",
        "" if row.devel_acer is None else f"{100 * row.devel_acer:.1f} %",
        age(row.age),
        f"{row.study}/{row.protocol}" if with_study else row.protocol,
        row.name,
    )


def _last_line(path: Path) -> str:
    """What is said of a failure: of a traceback, the error itself."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return lines[-1] if lines else ""


def _print_csv(rows: Sequence[RunRow]) -> None:
    writer = csv.DictWriter(sys.stdout, list(asdict(rows[0])), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow(asdict(row))


def age(seconds: float) -> str:
    """An age in its largest unit, rounded down.

    Example:
        >>> age(7), age(125), age(7_300), age(200_000)
        ('7 s', '2 min', '2 h', '2 d')
    """
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds)} s"
