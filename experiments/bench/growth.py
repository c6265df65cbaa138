"""How cost grows with the images of a batch, samples, species and runs, on axes of decades.

Run it as `python experiments/bench/growth.py`. Draws `growth_batch`, `_samples`, `_species` and
`_runs.png` in `outputs/bench`; the exponent of each line is that of its larger half.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import triplets
from comparison import Comparison, interleaved, run_script

from anomaly_fas.files import atomic_path
from anomaly_fas.metrics.analysis import HEADLINE, devel_thresholds, error_figures
from anomaly_fas.metrics.evaluation import evaluate, shared_resampling
from anomaly_fas.metrics.score_table import ScoreTable
from anomaly_fas.metrics.scored_run import ScoredRun
from anomaly_fas.plots.layout import fit, panels
from anomaly_fas.plots.style import look, styled
from anomaly_fas.reporting.study import finished_runs
from anomaly_fas.reporting.study_table import results, study_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from matplotlib.figure import Figure

OUTPUT: Final = Path("outputs/bench")
REPLICATES: Final = 100
SAMPLES: Final = 20_000
"""Of a test set whose species are varied; GRAD-GPAD's has 12,533."""


@dataclass(frozen=True)
class Line:
    """Seconds of one way of doing a thing, by size."""

    name: str
    sizes: Sequence[int]
    seconds: Sequence[float]

    @property
    def exponent(self) -> float:
        """Of the power of the size that the seconds of the larger half grow by."""
        half = min(len(self.sizes) // 2, len(self.sizes) - 2)
        return float(np.polyfit(np.log(self.sizes[half:]), np.log(self.seconds[half:]), 1)[0])


def comparisons(*, quick: bool = False) -> Iterator[Comparison]:
    """Draw each picture, and tell its exponents; quick ones have smaller ends."""
    less = 16 if quick else 1
    for name, axis, lines in (
        ("batch", "N, images of a batch", lambda: _batch(4096 // less)),
        ("samples", "samples of the test split", lambda: _samples(1_000_000 // less)),
        ("species", f"PAI species among {SAMPLES:,} samples", lambda: _species(1024 // less)),
        ("runs", "runs of a study", lambda: _runs(1024 // less)),
    ):
        found = lines()
        with atomic_path(OUTPUT / f"growth_{name}.png") as path:
            _figure(axis, found).savefig(path, dpi=150)
        for line in found:
            largest = f"{line.sizes[-1]:,} take {line.seconds[-1]:.3g} s"
            yield Comparison(
                f"growth, {name}: {line.name}", line.exponent, None, "is the exponent", note=largest
            )


def _line(name: str, sizes: Sequence[int], task: Callable[[int], Callable[[], object]]) -> Line:
    """Time a task of each size, which is made beforehand."""
    return Line(name, sizes, [_seconds(task(size)) for size in sizes])


def _seconds(task: Callable[[], object]) -> float:
    """The median of five; of what takes seconds, once is enough for a picture."""
    (once,) = interleaved(task, rounds=1, warm_up=0)
    return once if once > 1 else interleaved(task, warm_up=0)[0]


def _doubling(first: int, last: int, times: int = 2) -> list[int]:
    sizes = [first]
    while sizes[-1] * times <= last:
        sizes.append(sizes[-1] * times)
    return sizes


def _batch(last: int) -> list[Line]:
    def step(way: Callable) -> Callable[[int], Callable[[], object]]:
        def of(count: int) -> Callable[[], object]:
            batch = triplets.batch_of(count)
            return lambda: triplets.gradient(way(batch), batch)

        return of

    return [
        _line("all triplets, ours", _doubling(16, last), step(triplets.ours)),
        _line("broadcasting", _doubling(16, min(last, 1024)), step(triplets.broadcast)),
    ]


def _samples(last: int) -> list[Line]:
    def figures(count: int) -> Callable[[], object]:
        rows = _scores(count, species=17)
        return lambda: error_figures(rows, 0.5)

    def intervals(count: int) -> Callable[[], object]:
        devel, test = _scores(count, species=17), _scores(count, species=17)
        run = ScoredRun(devel, test, devel_thresholds(devel))
        return lambda: evaluate([run], shared_resampling([run], REPLICATES, seed=0))

    sizes = _doubling(100, last, times=10)
    return [
        _line("figures", sizes, figures),
        _line(f"and {REPLICATES} bootstrap replicates", sizes[:-1], intervals),
    ]


def _species(last: int) -> list[Line]:
    def figures(count: int) -> Callable[[], object]:
        rows = _scores(SAMPLES, species=count)
        return lambda: error_figures(rows, 0.5)

    return [_line("figures", _doubling(1, last, times=4), figures)]


def _runs(last: int) -> list[Line]:
    def table(count: int) -> Callable[[], object]:
        study = root / f"{count}"
        for number in range(count):
            _finish_run(study, number)
        return lambda: study_table("bench", results(finished_runs(study))).write(study / "table")

    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        return [_line("anomaly-fas table", _doubling(1, last, times=4), table)]


def _finish_run(study: Path, number: int) -> None:
    """What the table needs of a run: one of five seeds of a method, with 1,000 test samples."""
    parts = [_scores(1000, species=5).assign(split=split) for split in ("devel", "test")]
    rows = pd.concat(parts, ignore_index=True).assign(session="", n_frames=1, scorer="few_shot")
    rows["sample_id"] = rows["split"] + rows["sample_id"]
    method, seed = f"method_{number // 5}", number % 5
    facts = {
        "study": "bench", "protocol": "grandtest", "lists": "leak_free", "data_kind": "simulated",
        "method": method, "seed": seed, "config_hash": "0123abcd", "commit": "", "version": "0",
        "thresholds": {"few_shot": {HEADLINE: 0.5}},
    }  # fmt: skip
    folder = study / "grandtest" / f"{method}-0123abcd" / f"seed={seed}"
    ScoreTable(rows, facts).write(folder / "scores.parquet")
    (folder / "metrics.json").write_text("{}")


def _scores(samples: int, species: int) -> pd.DataFrame:
    """Score rows, three in five of them attacks."""
    rng = np.random.default_rng(samples)
    is_attack = np.arange(samples) % 5 < 3
    fine = np.where(
        is_attack, np.char.add("species_", (np.arange(samples) % species).astype(str)), ""
    )
    unknown = dict.fromkeys(("dataset", "device", "lighting", "sex", "age", "skin_tone"), "")
    return pd.DataFrame(
        {
            "sample_id": np.char.add("sample_", np.arange(samples).astype(str)),
            "label": np.where(is_attack, "attack", "bona_fide"),
            "pai": np.where(is_attack, "print", ""),
            "pai_fine": fine,
            "pas_type": "",
            "subject": np.char.add("subject_", (np.arange(samples) // 20).astype(str)),
            "score": rng.normal(0.4 + 0.2 * is_attack, 0.2),
            **unknown,
        }
    )


@styled
def _figure(axis: str, lines: Sequence[Line]) -> Figure:
    figure, (axes,) = panels(1, (4.6, 3.2))
    for number, line in enumerate(lines):
        colour, dashes, marker = look(number)
        label = f"{line.name}: exponent {line.exponent:.2f}"
        axes.loglog(
            line.sizes, line.seconds, color=colour, linestyle=dashes, marker=marker, label=label
        )
    sizes = lines[0].sizes
    shown = sizes[:: 1 + len(sizes) // 8]
    axes.set_xticks(shown, [f"{size:,}" for size in shown])
    axes.minorticks_off()
    seconds = np.log10([taken for line in lines for taken in line.seconds])
    axes.set_ylim(10 ** np.floor(seconds.min()), 10 ** np.ceil(seconds.max()))
    axes.set_xlabel(axis)
    axes.set_ylabel("seconds")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1))
    return fit(figure)


if __name__ == "__main__":
    run_script(comparisons)
