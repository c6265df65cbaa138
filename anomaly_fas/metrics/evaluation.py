"""The whole evaluation of a method under a protocol: every figure, with its uncertainty."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import fmean, stdev
from typing import TYPE_CHECKING, Final

import numpy as np

from anomaly_fas.metrics.analysis import HEADLINE, error_figures
from anomaly_fas.metrics.bootstrap import bias_corrected_interval, percentile_interval
from anomaly_fas.metrics.counts import Count, group_counts, subject_counts
from anomaly_fas.metrics.error_rates import worst_species
from anomaly_fas.metrics.groups import DEMOGRAPHIC, POOLED, Part, derived
from anomaly_fas.metrics.intervals import Interval, binomial_interval
from anomaly_fas.metrics.replicates import Figures, replicate_figures
from anomaly_fas.metrics.resampling import Resampling, resample
from anomaly_fas.metrics.scored_run import same_samples

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from anomaly_fas.metrics.scored_run import ScoredRun

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
        return None if self.count is None else binomial_interval(*self._counts)

    @property
    def _counts(self) -> tuple[int, int]:
        assert self.count is not None
        return self.count.errors, self.count.samples


EvaluatedFigures = dict[str, dict[Part, dict[str, EvaluatedFigure]]]
"""Threshold to part of the data to figure."""


@dataclass(frozen=True)
class Evaluation:
    """Everything that the scores of a method say.

    Attributes:
        figures: estimates on test; of parts of the data at the headline threshold only.
        devel: figures on devel at the headline threshold, the mean over seeds.
        worst: threshold to `apcer`, `apcer_fine` or `apcer_type` to the group that it is the
            rate of, in the first run.
        thresholds: name to value in each run.
        headline: name of the threshold that headline figures are taken at.
        replicates: figures in each bootstrap replicate, the mean over seeds.
    """

    figures: EvaluatedFigures
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
        runs: one a seed.
        resampling: replicates of the samples; without them there are no bootstrap intervals.
        headline: threshold of the headline figures and of those of parts of the data.

    Raises:
        DataError: a class is missing.
    """
    points = [_points(run, headline) for run in runs]
    counts = [_counts(run, headline) for run in runs]
    replicates = _mean_replicates(runs, resampling, headline)
    figures: EvaluatedFigures = {}
    shared = {name: own for name, own in points[0].items() if all(name in p for p in points)}
    for threshold, by_part in shared.items():
        figures[threshold] = {
            part: {
                name: _estimate(
                    [point[threshold].get(part, {}).get(name, np.nan) for point in points],
                    replicates.get(threshold, {}).get(part, {}).get(name),
                    [count[threshold].get(part, {}).get(name) for count in counts],
                )
                for name in names
            }
            for part, names in by_part.items()
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
    """Replicates for runs that scored the same samples; None for others."""
    first = runs[0]
    if not all(same_samples(first, run) for run in runs[1:]):
        return None
    return resample(first.devel, first.test, replicates, np.random.default_rng(seed))


def _points(run: ScoredRun, headline: str) -> dict[str, dict[Part, dict[str, float]]]:
    found: dict[str, dict[Part, dict[str, float]]] = {}
    for name, threshold in run.thresholds.items():
        found[name] = {Part(): error_figures(run.test, threshold)}
    for part, rates in _counts(run, headline)[headline].items():
        if part == Part():
            continue
        arrays = {name: np.array(count.rate) for name, count in rates.items()}
        found[headline][part] = {name: float(rate) for name, rate in derived(arrays).items()}
    return found


def _add_differences(
    figures: dict[Part, dict[str, EvaluatedFigure]], replicates: Figures, headline: str
) -> None:
    """The rates of the groups of each demographic column that differ most, one less the other.

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


def _mean_replicates(
    runs: Sequence[ScoredRun], resampling: Resampling | None, headline: str
) -> Figures:
    if resampling is None:
        return {}
    everyone = [
        replicate_figures(
            run.devel,
            run.test,
            resampling,
            run.given,
            headline,
        )
        for run in runs
    ]
    mean: Figures = {
        threshold: {
            part: _mean_arrays([own[threshold].get(part, {}) for own in everyone])
            for part in by_part
        }
        for threshold, by_part in everyone[0].items()
        if all(threshold in own for own in everyone)
    }
    return mean


def _estimate(
    values: Sequence[float], replicates: np.ndarray | None, counts: Sequence[Count | None]
) -> EvaluatedFigure:
    known = [count for count in counts if count is not None]
    count = None
    if known:
        count = Count(round(fmean(count.errors for count in known)), known[0].samples)
    rates = [value for value in values if not np.isnan(value)]
    value = fmean(rates) if rates else np.nan
    return EvaluatedFigure(
        value=value,
        spread=stdev(rates) if len(rates) > 1 else None,
        bootstrap=None if replicates is None else bias_corrected_interval(value, replicates),
        count=count,
    )


def _mean(figures: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: fmean(own.get(name, np.nan) for own in figures) for name in figures[0]}


def _mean_arrays(figures: Sequence[Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Of those that all have: a run that left a whole group unanswered lacks its rate."""
    return {
        name: np.mean([own[name] for own in figures], axis=0)
        for name in figures[0]
        if all(name in own for own in figures)
    }


def _worst(figures: Mapping[str, float]) -> dict[str, str]:
    found = {}
    for name in ("apcer", "apcer_fine", "apcer_type"):
        prefix = f"{name}/"
        own = {
            key.removeprefix(prefix): rate
            for key, rate in figures.items()
            if key.startswith(prefix)
        }
        if own:
            found[name], _ = worst_species(own)
    return found
