"""gradgpad's generalisation metrics over protocols: HTGER and WCGER."""

from __future__ import annotations

from math import sqrt
from statistics import mean
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FAMILIES: Final = ("cross_dataset", "cross_device", "lodo", "unseen_attack")
_HTGER, _WCGER = "HTGER (APCER@BPCER=10%)", "WCGER (APCER@BPCER=10%)"
_HTGER_ACER, _AVERAGE = "HTGER (ACER)", "Average (APCER@BPCER=10%)"


def generalisation_figures(results: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Half total and worst case generalisation error rates of one method, in percent.

    HTGER is the mean over the protocols of a family and WCGER the maximum, of the fine APCER at
    10 % BPCER; the job that makes the paper's tables takes HTGER from the fine ACER.

    Args:
        results: what `species_figures` gives, by protocol; each of the four families
            cross_dataset, cross_device, lodo and unseen_attack needs at least one.

    Returns:
        `class`, as `GeneralizationMetrics` has it, and `job`, as the job has it: by family, and the
        mean and standard deviation over families by metric.
    """
    by_class, by_job = {}, {}
    for family in _FAMILIES:
        fine = [values["fine_grained_pai"] for name, values in results.items() if family in name]
        apcers = [values["relative_working_points"]["apcer"]["bpcer_10"] for values in fine]
        average, worst = mean(apcers), max(apcers)
        name = family.replace("_", " ").upper()
        by_class[name] = {_HTGER: average, _WCGER: worst}
        by_job[name] = {
            _HTGER_ACER: mean([values["acer"] for values in fine]),
            _WCGER: worst,
            _AVERAGE: average,
        }
    return {
        "class": by_class | _over_families(by_class, (_HTGER, _WCGER)),
        "job": by_job | _over_families(by_job, (_HTGER_ACER, _WCGER)),
    }


def _over_families(
    by_family: Mapping[str, Mapping[str, float]], metrics: Sequence[str]
) -> dict[str, dict[str, float]]:
    columns = {metric: [rates[metric] for rates in by_family.values()] for metric in metrics}
    return {
        metric: {"mean": _compensated_mean(column), "std": _sample_deviation(column)}
        for metric, column in columns.items()
    }


def _compensated_mean(values: Sequence[float]) -> float:
    """The mean by Kahan's summation, which pandas uses within groups."""
    total = correction = 0.0
    for value in values:
        corrected = value - correction
        raised = total + corrected
        correction = raised - total - corrected
        total = raised
    return total / len(values)


def _sample_deviation(values: Sequence[float]) -> float:
    """The sample standard deviation by Welford's recurrence, which pandas uses within groups."""
    centre = squares = 0.0
    for count, value in enumerate(values, start=1):
        before = centre
        centre += (value - centre) / count
        squares += (value - centre) * (value - before)
    return sqrt(squares / (len(values) - 1))
