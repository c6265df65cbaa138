"""Gradgpad's thinned ROC curve, with EER, HTER, rates and thresholds at points of it."""

from typing import Any, Final, NamedTuple

import numpy as np
from scipy.optimize import brentq

from anomaly_fas.errors import DataError
from anomaly_fas.metrics.gradgpad.subset import GradgpadSubset

FAR_POINTS: Final = (0.05, 0.1, 0.15, 0.20, 0.25, 0.30)
"""Working points at which gradgpad fixes APCER."""

FRR_POINTS: Final = (0.01, 0.05, 0.1, 0.15, 0.20, 0.25, 0.30, 0.35, 0.40, 0.45, 0.5)
"""Working points at which gradgpad fixes BPCER."""


class ThinnedRoc(NamedTuple):
    """Points of the curve by rising threshold, each of shape [k].

    `far` is the share of attacks at or below the threshold, `tpr` that of bona fide samples.
    """

    far: np.ndarray
    tpr: np.ndarray
    threshold: np.ndarray


def thinned_roc(scores: np.ndarray, is_attack: np.ndarray) -> ThinnedRoc:
    """Trace scikit-learn's thinned ROC curve of negated scores, bona fide being the positive class.

    Fault (d): points between two others on a straight line are dropped, so what gradgpad calls the
    rate at a working point is that of the nearest corner of the curve, on either side of it.
    Thresholds are float64, as since scikit-learn 1.8; before, they were of the scores' type.

    Args:
        scores: attack scores, shape [n].
        is_attack: whether each is of an attack, shape [n].

    Returns:
        The curve from (0, 0), whose threshold is clipped to the lowest score, to (1, 1).

    Raises:
        DataError: a class is missing.

    Example:
        >>> curve = thinned_roc(np.array([0.1, 0.2, 0.3, 0.4]), np.array([False] * 3 + [True]))
        >>> curve.tpr.tolist(), curve.threshold.tolist()
        ([0.0, 0.3333333333333333, 1.0, 1.0], [0.1, 0.1, 0.3, 0.4])
    """
    attacks = np.count_nonzero(is_attack)
    if attacks in {0, len(scores)}:
        missing = "bona fide samples" if attacks else "attacks"
        raise DataError(f"there are no {missing}: gradgpad's ROC curve needs both classes")
    order = np.argsort(scores, kind="stable")
    ordered = scores[order]
    last_of_ties = np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)
    missed = np.cumsum(is_attack[order])[last_of_ties]
    accepted = last_of_ties + 1 - missed
    kept = _corners(missed, accepted)
    return ThinnedRoc(
        far=np.append(0, missed[kept]) / missed[-1],
        tpr=np.append(0, accepted[kept]) / accepted[-1],
        threshold=np.append(ordered[0], ordered[last_of_ties][kept]).astype(np.float64),
    )


def _corners(missed: np.ndarray, accepted: np.ndarray) -> np.ndarray:
    """Find the points other than middles of evenly spaced straight lines; ends always count."""
    kept = np.ones(len(missed), dtype=bool)
    kept[1:-1] = (np.diff(missed, 2) != 0) | (np.diff(accepted, 2) != 0)
    return kept


class EqualErrorRate(NamedTuple):
    """Where the interpolated curve crosses FAR = FRR."""

    rate: float
    threshold: float


def equal_error_rate(curve: ThinnedRoc) -> EqualErrorRate:
    """Interpolate EER and its threshold along the curve: no score need have either."""
    rate = brentq(lambda far: 1.0 - far - np.interp(far, curve.far, curve.tpr), 0.0, 1.0)
    return EqualErrorRate(float(rate), float(np.interp(rate, curve.far, curve.threshold)))


def far_at_frr(curve: ThinnedRoc, frr: float) -> float:
    """Return the FAR of the point of nearest FRR: fault (d), the point may exceed `frr`."""
    return float(curve.far[_nearest(1 - curve.tpr, frr)])


def frr_at_far(curve: ThinnedRoc, far: float) -> float:
    """Return the FRR of the point of nearest FAR: fault (d), the point may exceed `far`."""
    return float(1 - curve.tpr[_nearest(curve.far, far)])


def threshold_at_far(curve: ThinnedRoc, far: float) -> float:
    """Return the threshold of the point of nearest FAR."""
    return float(curve.threshold[_nearest(curve.far, far)])


def half_total_error_rate(curve: ThinnedRoc, threshold: float) -> float:
    """Return the HTER at the point of nearest threshold: fault (d), not at the threshold itself."""
    point = _nearest(curve.threshold, threshold)
    return float((curve.far[point] + (1 - curve.tpr[point])) / 2)


def operating_points(subset: GradgpadSubset) -> dict[str, Any]:
    """Compute EER and the thresholds at gradgpad's working points, of one subset.

    Fault (h): `Metrics.get_far_th(subset, frr)`, which is to give the threshold at a fixed FRR,
    calls the function for a fixed FAR. So `far_th` equals `frr_th` wherever both have a point.

    Returns:
        `eer` and `eer_th`; `frr_th` and `far_th` by working point, as text.
    """
    curve = thinned_roc(subset.scores, subset.is_attack)
    rate, threshold = equal_error_rate(curve)
    return {
        "eer": rate,
        "eer_th": threshold,
        "frr_th": {str(point): threshold_at_far(curve, point) for point in FAR_POINTS},
        "far_th": {str(point): threshold_at_far(curve, point) for point in FRR_POINTS},
    }


def _nearest(values: np.ndarray, value: float) -> int:
    return int(np.abs(values - value).argmin())
