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
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from comparison import Comparison, at_most, run_script, times_less

from anomaly_fas.metrics.analysis import devel_thresholds
from anomaly_fas.metrics.evaluation import evaluate, shared_resampling
from anomaly_fas.metrics.gradgpad.figures import gradgpad_figures
from anomaly_fas.metrics.gradgpad.subset import GradgpadSubset
from anomaly_fas.metrics.score_file import read_gradgpad_scores
from anomaly_fas.metrics.scored_run import ScoredRun
from anomaly_fas.protocols.gradgpad import gradgpad_annotations
from anomaly_fas.types import Split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BARS: Final = {"files": 35, "memory": 100}
REPLICATES: Final = 1000


def comparisons(
    *, quick: bool = False, python: str = ".venv-parity/bin/python", repeats: int = 5
) -> Iterator[Comparison]:
    """Time both packages by turns, then the bootstrap.

    Raises:
        FileNotFoundError: there is no environment that has gradgpad.
    """
    if not Path(python).exists():
        raise FileNotFoundError(f"no {python}: `make parity` makes the environment of gradgpad")
    folder = _score_folder(python)
    paths = [folder / f"auxiliary_grandtest_{split}.json" for split in ("devel", "test")]
    subsets = [_subset(path) for path in paths]
    ours: dict[str, Callable[[], Any]] = {
        "files": lambda: gradgpad_figures(*(_subset(path) for path in paths)),
        "memory": lambda: gradgpad_figures(*subsets),
    }
    with _clock(python) as seconds_of:
        for name, task in ours.items():
            taken = [(_seconds(task), seconds_of(name)) for _ in range(1 if quick else repeats)]
            own, theirs = (median(times) for times in zip(*taken, strict=True))
            yield Comparison(
                f"metrics: all figures of grandtest, from {name}", 1e3 * own, 1e3 * theirs, "ms",
                times_less(BARS[name]), "gradgpad",
            )  # fmt: skip
    yield _bootstrap(paths)


@contextmanager
def _clock(python: str) -> Iterator[Callable[[str], float]]:
    """Asks a process that has gradgpad for its seconds."""
    command = [python, str(Path(__file__).with_name("gradgpad_clock.py"))]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        answers = process.stdout
        answers.readline()

        def ask(name: str) -> float:
            print(name, file=process.stdin, flush=True)
            return float(answers.readline())

        yield ask
        process.stdin.close()


def _bootstrap(paths: list[Path]) -> Comparison:
    devel, test = (
        read_gradgpad_scores(path, split, gradgpad_annotations())
        for path, split in zip(paths, (Split.DEVEL, Split.TEST), strict=True)
    )
    run = ScoredRun(devel, test, devel_thresholds(devel))
    seconds = _seconds(lambda: evaluate([run], shared_resampling([run], REPLICATES, seed=0)))
    name = f"metrics: bootstrap, {REPLICATES} replicates of {len(test)} samples"
    return Comparison(name, seconds, None, "s", at_most(10))


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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default=".venv-parity/bin/python", help="that has gradgpad")
    parser.add_argument("--repeats", type=int, default=5)
    run_script(comparisons, parser)
