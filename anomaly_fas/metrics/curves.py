"""Curves and summaries over all thresholds: DET points, EER and the area under the ROC."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from anomaly_fas.metrics.error_rates import apcer, bpcer
from anomaly_fas.metrics.thresholds import eer_threshold


class DetCurve(NamedTuple):
    """Pooled APCER against BPCER, one point a distinct threshold, by rising threshold.

    `apcer` rises from 0 to 1 and `bpcer` falls from 1 to 0; all three have shape [k].
    """

    threshold: np.ndarray
    apcer: np.ndarray
    bpcer: np.ndarray


def det_curve(bona_fide_scores: ArrayLike, attack_scores: ArrayLike) -> DetCurve:
    """Compute every operating point of the scores, from rejecting all to accepting all.

    Example:
        >>> det_curve([0.1, 0.3], [0.2, 0.4]).apcer.tolist()
        [0.0, 0.0, 0.5, 0.5, 1.0]
    """
    bona_fide = np.sort(np.asarray(bona_fide_scores, dtype=np.float64))
    attack = np.sort(np.asarray(attack_scores, dtype=np.float64))
    values = np.unique(np.concatenate([bona_fide, attack]))
    threshold = np.append(values, np.nextafter(values[-1], np.inf))
    missed = np.searchsorted(attack, threshold, side="left") / attack.size
    alarms = 1 - np.searchsorted(bona_fide, threshold, side="left") / bona_fide.size
    return DetCurve(threshold, missed, alarms)


def eer(bona_fide_scores: ArrayLike, attack_scores: ArrayLike) -> float:
    """Compute the equal error rate: the mean of pooled APCER and BPCER at `eer_threshold`.

    Example:
        >>> eer([0.1, 0.2, 0.6, 0.3], [0.4, 0.8, 0.9, 0.7])
        0.25
    """
    threshold = eer_threshold(bona_fide_scores, attack_scores)
    return (apcer(attack_scores, threshold) + bpcer(bona_fide_scores, threshold)) / 2


def auc(bona_fide_scores: ArrayLike, attack_scores: ArrayLike) -> float:
    """Compute the area under the ROC: how often attacks outscore bona fide, ties by half.

    Example:
        >>> auc([0.1, 0.3], [0.3, 0.4])
        0.875
    """
    bona_fide = np.sort(np.asarray(bona_fide_scores, dtype=np.float64))
    attack = np.asarray(attack_scores, dtype=np.float64)
    below = np.searchsorted(bona_fide, attack, side="left")
    at_or_below = np.searchsorted(bona_fide, attack, side="right")
    return float(np.mean((below + at_or_below) / (2 * bona_fide.size)))
