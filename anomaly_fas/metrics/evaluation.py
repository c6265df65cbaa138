"""Evaluate a method under a protocol: every figure, with its uncertainty."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, stdev
from typing import Final

import numpy as np

from anomaly_fas.metrics.analysis import HEADLINE, error_figures
from anomaly_fas.metrics.error_rates import worst_species
from anomaly_fas.metrics.groups import (
    DEMOGRAPHIC,
    POOLED,
    Count,
    Part,
    derived,
    group_counts,
    subject_counts,
)
from anomaly_fas.metrics.intervals import (
    Interval,
    bias_corrected_interval,
    binomial_interval,
    percentile_interval,
)
from anomaly_fas.metrics.replicates import Figures, replicate_figures
from anomaly_fas.metrics.resampling import Resampling, resample
from anomaly_fas.metrics.scored_run import ScoredRun, same_samples

REPLICATES: Final = 1000
"""Bootstrap replicates unless the user asks for another number."""

DIFFERENCE: Final = "difference"
"""The part that holds the largest difference between the groups of a demographic column."""


@dataclass(frozen=True)
class EvaluatedFigure:
    """A figure and its uncertainty.

    Attributes:
        value: the figure, a fraction; the mean over seeds.
        spread: standard deviation over seeds; None for a single one.
        bootstrap: 95 % interval over resampled subjects; None where it cannot be had.
        count: errors and samples, the errors being the mean over seeds, rounded; None where the
            figure is no rate of samples.
    """

    value: float
    spread: float | None = None
    bootstrap: Interval | None = None
    count: Count | None = None

    @property
    def binomial(self) -> Interval | None:
        """Exact 95 % interval, which assumes independent samples."""
        return None if self.count is None else binomial_interval(*self.count)


@dataclass(frozen=True)
class Evaluation:
    """Every figure of a method.

    Attributes:
        figures: threshold to part of the data to name to figure on test; parts other than all data
            at the headline threshold only.
        devel: figures on devel at the headline threshold, the mean over seeds.
        worst: threshold to `apcer`, `apcer_fine` or `apcer_type` to the group that it is the
            rate of, in the first run.
        thresholds: name to value in each run.
        headline: name of the threshold of the headline figures.
        replicates: figures in each bootstrap replicate, the mean over seeds.
    """

    figures: dict[str, dict[Part, dict[str, EvaluatedFigure]]]
    devel: dict[str, float]
    worst: dict[str, dict[str, str]]
    thresholds: dict[str, tuple[float, ...]]
    headline: str = HEADLINE
    replicates: Figures = field(default_factory=dict, repr=False)


def evaluate(
    runs: Sequence[ScoredRun],
    resampling: Resampling | None = None,
    headline: str = HEADLINE,
) -> Evaluation:
    """Evaluate the runs of a method, which differ by their seed and scored the same samples.

    Args:
        runs: one run per seed.
        resampling: replicates of the samples; None for no bootstrap intervals.
        headline: name of the threshold of headline figures and of parts of the data.

    Raises:
        DataError: a class is missing.
    """
    counts = [_counts(run, headline) for run in runs]
    points = [_points(run, own[headline], headline) for run, own in zip(runs, counts, strict=True)]
    replicates = {} if resampling is None else _mean_replicates(runs, resampling, headline)
    shared = {name: own for name, own in points[0].items() if all(name in p for p in points)}
    figures = {
        threshold: {
            part: {
                name: _figure(
                    [point[threshold].get(part, {}).get(name, np.nan) for point in points],
                    replicates.get(threshold, {}).get(part, {}).get(name),
                    [count[threshold].get(part, {}).get(name) for count in counts],
                )
                for name in names
            }
            for part, names in by_part.items()
        }
        for threshold, by_part in shared.items()
    }
    _add_differences(figures[headline], replicates, headline)
    return Evaluation(
        figures=figures,
        devel=_mean([_devel_figures(run, headline) for run in runs]),
        worst={threshold: _worst(by_part[Part()]) for threshold, by_part in shared.items()},
        thresholds={name: tuple(run.thresholds[name] for run in runs) for name in shared},
        headline=headline,
        replicates=replicates,
    )


def shared_resampling(runs: Sequence[ScoredRun], replicates: int, seed: int) -> Resampling | None:
    """Draw replicates for runs that scored the same samples; None for others."""
    first = runs[0]
    if not all(same_samples(first, run) for run in runs[1:]):
        return None
    return resample(first.devel, first.test, replicates, np.random.default_rng(seed))


def _points(
    run: ScoredRun, counts: dict[Part, dict[str, Count]], headline: str
) -> dict[str, dict[Part, dict[str, float]]]:
    points = {name: {Part(): error_figures(run.test, t)} for name, t in run.thresholds.items()}
    for part, by_name in counts.items():
        if part != Part():
            rates = derived({name: np.array(count.rate) for name, count in by_name.items()})
            points[headline][part] = {name: float(rate) for name, rate in rates.items()}
    return points


def _add_differences(
    figures: dict[Part, dict[str, EvaluatedFigure]], replicates: Figures, headline: str
) -> None:
    """Add the difference between the groups of each demographic column that differ most.

    The same two groups are compared in every replicate: a maximum less a minimum would never be 0.
    """
    drawn = replicates.get(headline, {})
    for column in DEMOGRAPHIC:
        for name in ("bpcer", POOLED):
            groups = {
                part: own[name].value
                for part, own in figures.items()
                if part.column == column and name in own
            }
            if len(groups) < 2:
                continue
            high, low = max(groups, key=groups.__getitem__), min(groups, key=groups.__getitem__)
            interval = None
            if name in drawn.get(high, {}) and name in drawn.get(low, {}):
                interval = percentile_interval(drawn[high][name] - drawn[low][name])
            difference = EvaluatedFigure(groups[high] - groups[low], bootstrap=interval)
            figures.setdefault(Part(column, DIFFERENCE), {})[name] = difference


def _counts(run: ScoredRun, headline: str) -> dict[str, dict[Part, dict[str, Count]]]:
    found = {
        name: group_counts(run.test, threshold, columns=())
        for name, threshold in run.thresholds.items()
    }
    threshold = run.thresholds[headline]
    found[headline] = group_counts(run.test, threshold) | subject_counts(run.test, threshold)
    return found


def _devel_figures(run: ScoredRun, headline: str) -> dict[str, float]:
    if run.devel["label"].nunique() < 2:
        return {}
    return error_figures(run.devel, run.thresholds[headline])


def _mean_replicates(runs: Sequence[ScoredRun], resampling: Resampling, headline: str) -> Figures:
    by_run = [
        replicate_figures(run.devel, run.test, resampling, run.given, headline) for run in runs
    ]
    return {
        threshold: {
            part: _mean_arrays([figures[threshold].get(part, {}) for figures in by_run])
            for part in by_part
        }
        for threshold, by_part in by_run[0].items()
        if all(threshold in figures for figures in by_run)
    }


def _figure(
    values: Sequence[float], replicates: np.ndarray | None, counts: Sequence[Count | None]
) -> EvaluatedFigure:
    known = [count for count in counts if count is not None]
    errors = round(fmean(count.errors for count in known)) if known else 0
    rates = [value for value in values if not np.isnan(value)]
    value = fmean(rates) if rates else np.nan
    return EvaluatedFigure(
        value=value,
        spread=stdev(rates) if len(rates) > 1 else None,
        bootstrap=None if replicates is None else bias_corrected_interval(value, replicates),
        count=Count(errors, known[0].samples) if known else None,
    )


def _mean(figures: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: fmean(own.get(name, np.nan) for own in figures) for name in figures[0]}


def _mean_arrays(figures: Sequence[Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Average the figures that all have: a run without answers for a group lacks its rate."""
    return {
        name: np.mean([own[name] for own in figures], axis=0)
        for name in figures[0]
        if all(name in own for own in figures)
    }


def _worst(figures: Mapping[str, float]) -> dict[str, str]:
    worst = {}
    for name in ("apcer", "apcer_fine", "apcer_type"):
        rates = {
            key.removeprefix(f"{name}/"): rate
            for key, rate in figures.items()
            if key.startswith(f"{name}/")
        }
        if rates:
            worst[name], _ = worst_species(rates)
    return worst
