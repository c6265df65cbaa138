"""Balanced batches out of a table of 10 million samples: time to be ready, memory, time a batch.

Run it as `python experiments/bench/sampler.py`. 20 datasets of different size, 17 fine species,
5,000 subjects a dataset, a fifth of the samples bona fide; once with columns of strings, once with
categories. Each measurement is made in a process of its own that makes the table first. Memory is
how far the peak of that process's resident memory rises above what it is with the table: the
kernel's own count of the peak is set back to the present before the sampler is made.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from comparison import Comparison, at_most, run_script

from anomaly_fas.types import FinePai, Label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from anomaly_fas.data.sampler import BalancedBatches

DATASETS: Final = 20
SUBJECTS: Final = 5_000
BONA_FIDE_SHARE: Final = 0.2
BATCH: Final = 48
BATCHES: Final = 1_000
REPEATS: Final = 5


def comparisons(*, quick: bool = False) -> Iterator[Comparison]:
    """Strings, then categories."""
    count = 500_000 if quick else 10_000_000
    for kind in ("strings", "categories"):
        runs = [_measured(kind, count) for _ in range(1 if quick else REPEATS)]
        ready, memory, batch = (median(values) for values in zip(*runs, strict=True))
        name = f"sampler, {count / 1e6:g} million rows, {kind}"
        yield Comparison(f"{name}: ready", ready, None, "s", at_most(30))
        yield Comparison(f"{name}: memory above the table", memory, None, "MB", at_most(2000))
        yield Comparison(f"{name}: a batch of {BATCH}", batch, None, "ms", at_most(1))


def _measured(kind: str, count: int) -> tuple[float, float, float]:
    """Seconds, MB and ms a batch, from a process of its own."""
    command = [sys.executable, __file__, "--measure", kind, str(count)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    ready, memory, batch = json.loads(run.stdout)
    return ready, memory, batch


def _measure(kind: str, count: int) -> tuple[float, float, float]:
    rows = _table(count, kind)
    chosen, frames = np.arange(count), np.full(count, 10)
    _sampler(rows.head(1000), chosen[:1000], frames)  # imports
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts afresh
    before = _status("VmRSS")
    start = time.perf_counter()
    sampler = _sampler(rows, chosen, frames)
    ready = time.perf_counter() - start
    memory = (_status("VmHWM") - before) * 1024 / 1e6
    seconds = []
    for step in range(BATCHES):
        start = time.perf_counter()
        sampler.batch(0, step)
        seconds.append(time.perf_counter() - start)
    return ready, memory, 1e3 * median(seconds)


def _sampler(rows: pd.DataFrame, chosen: np.ndarray, frames: np.ndarray) -> BalancedBatches:
    from anomaly_fas.data.sampler import BalancedBatches

    return BalancedBatches(
        rows, chosen, frames, batch_size=BATCH, bona_fide_share=0.5, steps=BATCHES, seed=0
    )


def _table(count: int, kind: str) -> pd.DataFrame:
    """Annotations in no order, as a manifest of many sources may have them."""
    rng = np.random.default_rng(0)
    share = 1 / np.arange(1, DATASETS + 1)
    dataset = rng.choice(DATASETS, count, p=share / share.sum())
    attack = rng.random(count) >= BONA_FIDE_SHARE
    species = np.where(attack, rng.integers(1, 1 + len(FinePai), count), 0)
    subject = dataset * SUBJECTS + rng.integers(0, SUBJECTS, count)
    columns = {
        "label": (attack.astype(int), [Label.BONA_FIDE.value, Label.ATTACK.value]),
        "dataset": (dataset, [f"dataset-{number}" for number in range(DATASETS)]),
        "pai": (species, ["", *(fine.coarse.value for fine in FinePai)]),
        "pai_fine": (species, ["", *(fine.value for fine in FinePai)]),
        "subject": (subject, [f"s{number:06}" for number in range(DATASETS * SUBJECTS)]),
    }
    return pd.DataFrame(
        {name: _column(codes, names, kind) for name, (codes, names) in columns.items()}
    )


def _column(codes: np.ndarray, names: list[str], kind: str) -> pd.Series[str]:
    distinct = sorted(set(names))
    place = np.searchsorted(distinct, names)
    column = pd.Series(pd.Categorical.from_codes(place[codes], distinct))
    return column if kind == "categories" else column.astype(str)


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = [line for line in lines if line.startswith(name)]
    return int(line.split()[1])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(_measure(sys.argv[2], int(sys.argv[3]))))
    else:
        run_script(comparisons)
