"""Times gradgpad's own figures of grandtest. It runs where gradgpad is installed.

For each line on standard input, `files` or `memory`, it computes every figure of the protocol once,
those that `experiments/parity` compares, and prints the seconds. From files the package is as it
is; in memory its scores are read, and their labels looked up, beforehand.
"""

from __future__ import annotations

import sys
import time
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "parity"))

import package_figures
from gradgpad import Approach, Protocol, ScoresProvider, Subset

RUN = package_figures.Run(Approach.AUXILIARY, Protocol.GRANDTEST, {})


def _read(run, subset):
    return ScoresProvider.get(run.method, run.protocol, subset)


def _with_arrays(subset):
    scores = _read(RUN, subset)
    for name in ("scores", "labels", "fine_grained_pai_labels"):
        array = getattr(scores, f"get_numpy_{name}")()
        setattr(scores, f"get_numpy_{name}", lambda array=array: array)
    return scores


def main() -> None:
    """Answer each line."""
    warnings.simplefilter("ignore")
    ready = {subset: _with_arrays(subset) for subset in Subset.options()}
    sources = {"files": _read, "memory": lambda run, subset: ready[subset]}
    print("ready", flush=True)
    for line in sys.stdin:
        package_figures._labelled = sources[line.strip()]
        start = time.perf_counter()
        failures = package_figures.figures_of(RUN)["failures"]
        assert not failures, failures
        print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main()
