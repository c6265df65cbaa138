"""What gradgpad reads off its thinned ROC curve: EER, HTER, and rates and thresholds at points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from scipy.optimize import brentq

from anomaly_fas.metrics.gradgpad.thinned_roc import ThinnedRoc, thinned_roc

if TYPE_CHECKING:
    from anomaly_fas.metrics.gradgpad.subset import GradgpadSubset

FAR_POINTS: Final = (0.05, 0.1, 0.15, 0.20, 0.25, 0.30)
"""Working points at which gradgpad fixes APCER."""

FRR_POINTS: Final = (0.01, 0.05, 0.1, 0.15, 0.20, 0.25, 0.30, 0.35, 0.40, 0.45, 0.5)
"""Working points at which gradgpad fixes BPCER."""


class EqualErrorRate(NamedTuple):
    """Where the interpolated curve crosses FAR = FRR."""

    rate: float
    threshold: float


def equal_error_rate(curve: ThinnedRoc) -> EqualErrorRate:
    """EER and its threshold, both interpolated along the curve: no score need have either."""
    rate = brentq(lambda far: 1.0 - far - np.interp(far, curve.far, curve.tpr), 0.0, 1.0)
    return EqualErrorRate(float(rate), float(np.interp(rate, curve.far, curve.threshold)))


def far_at_frr(curve: ThinnedRoc, frr: float) -> float:
    """FAR of the point whose FRR is nearest: fault (d), the point may exceed `frr`."""
    return float(curve.far[_nearest(1 - curve.tpr, frr)])


def frr_at_far(curve: ThinnedRoc, far: float) -> float:
    """FRR of the point whose FAR is nearest: fault (d), the point may exceed `far`."""
    return float(1 - curve.tpr[_nearest(curve.far, far)])


def threshold_at_far(curve: ThinnedRoc, far: float) -> float:
    """Threshold of the point whose FAR is nearest."""
    return float(curve.threshold[_nearest(curve.far, far)])


def half_total_error_rate(curve: ThinnedRoc, threshold: float) -> float:
    """HTER at the point whose threshold is nearest: fault (d), not at the threshold itself."""
    point = _nearest(curve.threshold, threshold)
    return float((curve.far[point] + (1 - curve.tpr[point])) / 2)


def operating_points(subset: GradgpadSubset) -> dict[str, Any]:
    """EER and the thresholds at gradgpad's working points, of one subset.

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
