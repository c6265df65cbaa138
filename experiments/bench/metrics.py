"""Figures of the grandtest protocol against the gradgpad package, and the bootstrap's seconds.

    make parity                          # once, for the package's environment
    python experiments/bench/metrics.py

Both compute every figure of one method under the protocol (species, working points, thresholds,
demographic groups) by gradgpad's rules and to the same bits, by turns; the medians are compared.
From files: from the published score files. In memory: from scores with their labels.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from anomaly_fas.metrics.analysis import devel_thresholds
from anomaly_fas.metrics.evaluation import ScoredRun, evaluate, shared_resampling
from anomaly_fas.metrics.gradgpad.figures import gradgpad_figures
from anomaly_fas.metrics.gradgpad.subset import GradgpadSubset
from anomaly_fas.metrics.score_file import read_gradgpad_scores
from anomaly_fas.protocols.gradgpad import gradgpad_annotations
from anomaly_fas.types import Split

if TYPE_CHECKING:
    from collections.abc import Callable

BARS: Final = {"files": 35, "memory": 100}
REPLICATES: Final = 1000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default=".venv-parity/bin/python", help="that has gradgpad")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    if not Path(options.python).exists():
        parser.error(f"no {options.python}: `make parity` makes the environment that has gradgpad")
    folder = _score_folder(options.python)
    paths = [folder / f"auxiliary_grandtest_{split}.json" for split in ("devel", "test")]
    subsets = [_subset(path) for path in paths]
    ours: dict[str, Callable[[], Any]] = {
        "files": lambda: gradgpad_figures(*(_subset(path) for path in paths)),
        "memory": lambda: gradgpad_figures(*subsets),
    }
    clock = Path(__file__).with_name("gradgpad_clock.py")
    with subprocess.Popen(
        [options.python, str(clock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdout.readline()
        for name, task in ours.items():
            own, theirs = [], []
            for _ in range(options.repeats):
                own.append(_seconds(task))
                process.stdin.write(f"{name}\n")
                process.stdin.flush()
                theirs.append(float(process.stdout.readline()))
            _show(name, median(own), median(theirs))
        process.stdin.close()
    _bootstrap(paths)


def _show(name: str, own: float, theirs: float) -> None:
    print(
        f"{name:7} ours {1000 * own:8.1f} ms   gradgpad {1000 * theirs:8.1f} ms   "
        f"ratio {theirs / own:6.1f}   bar {BARS[name]}"
    )


def _bootstrap(paths: list[Path]) -> None:
    devel, test = (
        read_gradgpad_scores(path, split, gradgpad_annotations())
        for path, split in zip(paths, (Split.DEVEL, Split.TEST), strict=True)
    )
    run = ScoredRun(devel, test, devel_thresholds(devel))
    seconds = _seconds(lambda: evaluate([run], shared_resampling([run], REPLICATES, seed=0)))
    print(
        f"bootstrap: {REPLICATES} replicates of the whole analysis of {len(test)} samples in "
        f"{seconds:.1f} s   bar 10"
    )


def _score_folder(python: str) -> Path:
    code = "from gradgpad.public_api import GRADGPAD_SCORES_PATH as path; print(path)"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    return Path(done.stdout.strip()) / "auxiliary"


def _subset(path: Path) -> GradgpadSubset:
    return GradgpadSubset.from_scores(json.loads(path.read_text()), gradgpad_annotations())


def _seconds(task: Callable[[], object]) -> float:
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
