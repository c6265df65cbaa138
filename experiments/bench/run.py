"""Runs every benchmark of this folder, each in a process of its own, and compares with its bars.

    python experiments/bench/run.py [--only NAME …] [--quick]

Writes `outputs/bench/bench.json` and `bench.md`, and what each script said to `NAME.log`; a run of
some scripts, or a quick one, goes to `outputs/bench/trial`. Ends with 0 where every bar is met.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from comparison import Comparison, bar_text, cost, from_json, outcome
from machine import machine

from anomaly_fas.files import atomic_path

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE: Final = Path(__file__).parent
OUTPUT: Final = Path("outputs/bench")
LONGEST: Final = 600
"""Seconds after which a script is ended."""


@dataclass(frozen=True)
class Measured:
    """What came of one script.

    Attributes:
        script: its name.
        seconds: how long it took.
        comparisons: what it yielded, up to its failure if there was one.
        failure: why it failed; empty where it did not.
    """

    script: str
    seconds: float
    comparisons: tuple[Comparison, ...]
    failure: str = ""

    @property
    def all_met(self) -> bool:
        """Whether it ran to its end, and reached every bar."""
        return not self.failure and all(found.met is not False for found in self.comparisons)


def scripts(folder: Path) -> list[Path]:
    """The scripts that compare; the others here are what they are made of."""
    here = sorted(folder.glob("*.py"))
    return [path for path in here if "\ndef comparisons(" in path.read_text()]


def measure(script: Path, log: Path, *, quick: bool = False, longest: float = LONGEST) -> Measured:
    """Run one script in a process of its own.

    Args:
        script: its file.
        log: where what it says is written.
        quick: whether it is only tried.
        longest: seconds after which it is ended.
    """
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "rows.jsonl"
        rows.touch()
        command = [sys.executable, str(script), "--json", str(rows), *(["--quick"] * quick)]
        failure = _failure(command, log, longest)
        found = tuple(from_json(row) for row in rows.read_text().splitlines())
    if not found:
        failure = failure or "it compared nothing"
    return Measured(script.stem, time.perf_counter() - start, found, failure)


def _failure(command: list[str], log: Path, longest: float) -> str:
    """Why a command failed: the last that it said; empty where it did not fail."""
    with log.open("w") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, process_group=0)
        try:
            status = process.wait(longest)
        except subprocess.TimeoutExpired:
            return f"ended after {longest:g} s"
        finally:  # its workers too
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    last = [row for row in log.read_text(errors="replace").splitlines() if row.strip()][-1:]
    return "".join(last).strip() or f"status {status}" if status else ""


def table(measured: Sequence[Measured]) -> str:
    """All comparisons in Markdown, a failed script as a row of its own."""
    head = ("name", "ours", "alternative", "ratio", "bar", "met")
    rows = [head, ("---",) * len(head)]
    for script in measured:
        rows += [_row(found) for found in script.comparisons]
        if script.failure:
            rows.append((script.script, f"failed: {script.failure}", "", "", "", "**no**"))
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows)


def _row(found: Comparison) -> tuple[str, ...]:
    has_other = found.alternative is not None
    other = f"{found.against}: {cost(found.alternative, found.unit)}" if has_other else ""
    return (
        f"{found.name} ({found.note})" if found.note else found.name,
        cost(found.ours, found.unit),
        other.removeprefix(": "),
        outcome(found) if has_other else "",
        bar_text(found),
        {True: "yes", False: "**no**", None: ""}[found.met],
    )


def write(measured: Sequence[Measured], folder: Path, facts: dict[str, Any]) -> None:
    """Write `bench.json` and `bench.md`."""
    results = [
        asdict(script)
        | {
            "comparisons": [
                asdict(c) | {"figure": c.figure, "met": c.met} for c in script.comparisons
            ]
        }
        for script in measured
    ]
    with atomic_path(folder / "bench.json") as path:
        path.write_text(json.dumps({"machine": facts, "scripts": results}, indent=2) + "\n")
    told = ", ".join(f"{name} {value}" for name, value in facts.items())
    with atomic_path(folder / "bench.md") as path:
        path.write_text(f"# Benchmarks\n\n{table(measured)}\n\n{told}\n")


def main() -> int:
    """Run them, one after the other; 0 where every bar is met."""
    names = [script.stem for script in scripts(HERE)]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="NAME")
    parser.add_argument("--quick", action="store_true", help="a trial: smaller, and no evidence")
    options = parser.parse_args()
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM)
    )  # no script outlives it
    is_whole = options.only == names and not options.quick
    folder = OUTPUT if is_whole else OUTPUT / "trial"
    folder.mkdir(parents=True, exist_ok=True)
    facts, start = machine(), time.perf_counter()
    measured = []
    for number, name in enumerate(options.only, start=1):
        print(f"[{number}/{len(options.only)}] {name} …", end=" ", flush=True)
        found = measure(HERE / f"{name}.py", folder / f"{name}.log", quick=options.quick)
        measured.append(found)
        missed = sum(comparison.met is False for comparison in found.comparisons)
        said = f"failed: {found.failure}" if found.failure else f"{missed} missed" * bool(missed)
        print(f"{found.seconds:.0f} s  {said or 'met'}", flush=True)
        write(measured, folder, {**facts, "seconds": round(time.perf_counter() - start)})
    print(f"\n{table(measured)}\n\nwritten to {folder}")
    return 0 if all(script.all_met for script in measured) else 1


if __name__ == "__main__":
    sys.exit(main())
