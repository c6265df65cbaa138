"""gradgpad's figures by PAI species: `ResultsProvider.get`, fine and coarse."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any, Final

import numpy as np

from anomaly_fas.metrics.gradgpad.operating_points import (
    FAR_POINTS,
    FRR_POINTS,
    ThinnedRoc,
    equal_error_rate,
    far_at_frr,
    frr_at_far,
    half_total_error_rate,
    thinned_roc,
)
from anomaly_fas.metrics.gradgpad.subset import GradgpadSubset
from anomaly_fas.types import FinePai, Pai

_GRADED: Final = {Pai.PRINT, Pai.REPLAY}
_FINE_NAMES: Final = [
    f"{fine}_quality" if fine.coarse in _GRADED else fine.value for fine in FinePai
]
_COARSE_NAMES: Final = [pai.value for pai in Pai]
_COARSE_OF_FINE: Final = np.array([0, *(1 + list(Pai).index(fine.coarse) for fine in FinePai)])


def devel_threshold(devel: GradgpadSubset) -> float:
    """Take the EER threshold of the figures of species: labels by position, fault (e).

    Raises:
        DataError: a class is missing.
    """
    return equal_error_rate(thinned_roc(devel.scores, devel.fine_labels != 0)).threshold


def species_figures(test: GradgpadSubset, threshold: float) -> dict[str, Any]:
    """Compute what `ResultsProvider.get` returns, in percent, at a threshold.

    Fault (c): the coarse figures turn fine labels into the coarse ones 1 to 5, and then group these
    by the table of fine labels once more. So "print" holds print, replay and mask, "replay" holds
    makeup and partial, and the other three have no samples.

    Raises:
        DataError: a class is missing.
    """
    curve = thinned_roc(test.scores, test.fine_labels != 0)
    hter = half_total_error_rate(curve, threshold) * 100.0
    groupings = {
        "fine_grained_pai": (test.fine_labels, _FINE_NAMES),
        "coarse_grained_pai": (_COARSE_OF_FINE[_COARSE_OF_FINE[test.fine_labels]], _COARSE_NAMES),
    }
    figures: dict[str, Any] = {}
    for mode, (labels, names) in groupings.items():
        bona_fide = test.scores[labels == 0]
        by_species = {name: test.scores[labels == i] for i, name in enumerate(names, start=1)}
        at_bpcer = {
            name: _apcer_at_bpcer(bona_fide, scores)
            for name, scores in by_species.items()
            if scores.size
        }
        figures[mode] = _rates(bona_fide, by_species, threshold) | {
            "relative_working_points": _relative(at_bpcer, curve),
            "apcer_per_pai_fixing_bpcer": {
                name: {f"apcer_fixing_bpcer{point}": rate for point, rate in rates.items()}
                for name, rates in at_bpcer.items()
            },
        }
        figures[f"hter_{mode}"] = hter
    return figures


def bpcer(bona_fide: np.ndarray, threshold: float) -> float:
    """Compute BPCER in percent. Fault (f): a score at the threshold is no error.

    Scores are float32, and gradgpad's numpy compares them with the threshold rounded to that.

    Example:
        >>> bpcer(np.array([0.25, 0.5], dtype=np.float32), 0.5)
        0.0
    """
    return 100.0 * float(np.mean(bona_fide > np.float32(threshold)))


def apcer(attacks: np.ndarray, threshold: float) -> float:
    """Compute APCER in percent. Fault (f): a score at the threshold is no error here either.

    Example:
        >>> apcer(np.array([0.25, 0.5], dtype=np.float32), 0.5)
        50.0
    """
    return 100.0 * float(np.mean(attacks < np.float32(threshold)))


def _rates(
    bona_fide: np.ndarray, by_species: dict[str, np.ndarray], threshold: float
) -> dict[str, Any]:
    """Compute figures at the threshold; a species without samples has a count and a share only."""
    rejected = bpcer(bona_fide, threshold)
    missed = {name: apcer(scores, threshold) for name, scores in by_species.items() if scores.size}
    counts = {name: scores.size for name, scores in by_species.items()}
    shares = {name: 100.0 * count / sum(counts.values()) for name, count in counts.items()}
    weighted = {name: rate * (shares[name] / 100.0) for name, rate in missed.items()}
    worst = max(missed, key=lambda name: missed[name])
    return {
        "acer": (missed[worst] + rejected) / 2,
        "bpcer": rejected,
        "max_apcer_pai": worst,
        "apcer_per_pai": missed,
        "acer_per_pai": {name: (rate + rejected) / 2 for name, rate in missed.items()},
        "num_samples_per_pai": counts,
        "percentage_per_pai": shares,
        "wacer": (_plain_sum(list(weighted.values())) + rejected) / 2,
        "weighted_apcer_per_pai": weighted,
    }


def _apcer_at_bpcer(bona_fide: np.ndarray, attacks: np.ndarray) -> dict[int, float]:
    """Compute APCER of one species at each fixed BPCER, on a curve of its own."""
    scores = np.concatenate([bona_fide, attacks])
    curve = thinned_roc(scores, np.arange(len(scores)) >= len(bona_fide))
    return {round(point * 100.0): 100.0 * far_at_frr(curve, point) for point in FRR_POINTS}


def _relative(at_bpcer: dict[str, dict[int, float]], curve: ThinnedRoc) -> dict[str, Any]:
    """Compute the worst species' APCER at fixed BPCERs, and BPCER at fixed pooled APCERs."""
    points = [round(point * 100.0) for point in FRR_POINTS]
    return {
        "apcer": {
            f"bpcer_{point}": max(rates[point] for rates in at_bpcer.values()) for point in points
        },
        "bpcer": {
            f"apcer_{round(point * 100.0)}": 100.0 * frr_at_far(curve, point)
            for point in FAR_POINTS
        },
    }


def _plain_sum(values: Sequence[float]) -> float:
    """Sum from left to right: since Python 3.12 `sum` corrects its rounding errors."""
    return list(accumulate(values))[-1]
